// The tables of people as better-auth uses them: its drizzle adapter, failing as every store function does.
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import type { BetterAuthOptions } from "better-auth/minimal";
import { accounts, sessions, users, verifications } from "./auth-schema.ts";
import { type Database, guarded } from "./database.ts";

export function peopleAdapter(db: Database) {
  const adapterFor = drizzleAdapter(db, {
    provider: "sqlite",
    schema: { user: users, session: sessions, account: accounts, verification: verifications },
  });
  return (options: BetterAuthOptions): ReturnType<typeof adapterFor> => {
    const adapter = guarded(adapterFor(options));
    // D1 has no interactive transactions. What the callback throws is its own.
    return { ...adapter, transaction: (callback) => callback(adapter) };
  };
}
