// The tables of people as better-auth uses them: its drizzle adapter, failing as every store function does. And the repair of
// what its lack of transactions can leave behind.
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import type { BetterAuthOptions } from "better-auth/minimal";
import { and, eq, lt, notExists } from "drizzle-orm";
import type { PeopleStore } from "../store.ts";
import { accounts, sessions, users, verifications } from "./auth-schema.ts";
import { type Database, guarded } from "./database.ts";

export function peopleStore(db: Database): PeopleStore {
  const adapterFor = drizzleAdapter(db, {
    provider: "sqlite",
    schema: { user: users, session: sessions, account: accounts, verification: verifications },
  });
  return {
    tables: (options: BetterAuthOptions): ReturnType<typeof adapterFor> => {
      const adapter = guarded(adapterFor(options));
      // D1 has no interactive transactions. What the callback throws is its own.
      return { ...adapter, transaction: (callback) => callback(adapter) };
    },
    ...guarded({
      async removeUnfinished(email: string, createdBefore: number) {
        const account = db.select({ id: accounts.id }).from(accounts).where(eq(accounts.userId, users.id));
        await db
          .delete(users)
          .where(and(eq(users.email, email), lt(users.createdAt, new Date(createdBefore)), notExists(account)));
      },
    }),
  };
}
