// The tables of people as better-auth uses them: its drizzle adapter, failing as every store function does. And the repair of
// what its lack of transactions can leave behind.
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import type { BetterAuthOptions } from "better-auth/minimal";
import { and, eq, lt, notExists } from "drizzle-orm";
import { HomeportError } from "../../errors.ts";
import type { PeopleStore } from "../store.ts";
import { type Backend, guarded } from "../backend.ts";

/** Devices live among better-auth's verifications, which it removes when they have expired. */
export function devicesOf(userId: string): string {
  return `devices:${userId}`;
}

export function peopleStore(backend: Backend): PeopleStore {
  const { db, provider, batch } = backend;
  const { accounts, hubs, sessions, users, verifications } = backend.tables;
  const adapterFor = drizzleAdapter(db, {
    provider,
    transaction: provider === "mysql",
    schema: { user: users, session: sessions, account: accounts, verification: verifications },
  });
  const guard = <T extends object>(functions: T): T => guarded(backend, functions);

  return {
    tables: (options: BetterAuthOptions): ReturnType<typeof adapterFor> => {
      const adapter = adapterFor(options);
      // What the callback throws is its own. D1 has no interactive transactions.
      const transaction: typeof adapter.transaction = (callback) =>
        provider === "mysql" ? adapter.transaction((inner) => callback(guard(inner))) : callback(guard(adapter));
      return { ...guard(adapter), transaction };
    },
    ...guard<Omit<PeopleStore, "tables">>({
      async removeUnfinished(email, createdBefore) {
        const account = db.select({ id: accounts.id }).from(accounts).where(eq(accounts.userId, users.id));
        await db
          .delete(users)
          .where(and(eq(users.email, email), lt(users.createdAt, new Date(createdBefore)), notExists(account)));
      },

      async address(userId) {
        const [found] = await db
          .select({ email: users.email, isVerified: users.emailVerified })
          .from(users)
          .where(eq(users.id, userId));
        return found ?? null;
      },

      async findOutside(accountId) {
        const [found] = await db
          .select({ userId: accounts.userId, hubId: hubs.id })
          .from(accounts)
          .leftJoin(hubs, eq(hubs.userId, accounts.userId))
          .where(eq(accounts.id, accountId));
        return found ?? null;
      },

      async createOutside({ userId, accountId, issuer, subject, email, emailVerified, name, ...person }) {
        const createdAt = new Date(person.createdAt);
        const stamps = { createdAt, updatedAt: createdAt };
        await batch((tx) => [
          tx.insert(users).values({ id: userId, name, email, emailVerified, ...stamps }),
          tx.insert(accounts).values({ id: accountId, userId, providerId: issuer, accountId: subject, ...stamps }),
        ]);
      },

      async rememberDevice({ id, userId, now, expiresAt }) {
        const createdAt = new Date(now);
        const stamps = { createdAt, updatedAt: createdAt, expiresAt: new Date(expiresAt) };
        try {
          await db.insert(verifications).values({ id, identifier: devicesOf(userId), value: "", ...stamps });
          return true;
        } catch (error) {
          const failure = backend.translated(error);
          if (failure instanceof HomeportError && failure.code === "conflict") return false;
          throw failure;
        }
      },

      async forgetDevices(userId) {
        await db.delete(verifications).where(eq(verifications.identifier, devicesOf(userId)));
      },
    }),
  };
}
