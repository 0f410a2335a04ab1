// The end of an account. Rows are found by the columns that say whose they are, in every table there is: a new table needs no entry
// in a list.
import { and, asc, eq, inArray, lt, lte, isNull, or } from "drizzle-orm";
import type { AccountStore } from "../account-store.ts";
import type { Backend, Statements, Tables } from "../backend.ts";
import { devicesOf } from "./people.ts";

type Owned = Tables["devices"];

/** D1 binds 100 parameters a statement. */
const devicesPerStatement = 90;

export function accountStore({ db, tables, batch }: Backend): AccountStore {
  const { accountDeletions, accounts, devices, deviceTags, sessions, users, verifications } = tables;
  const others = Object.entries(tables).filter(([name]) => name !== "accountDeletions") as [string, object][];
  const ofUsers = others.filter(([, table]) => "userId" in table).map(([, table]) => table as Owned);
  const ofHubs = others
    .filter(([, table]) => "hubId" in table && !("userId" in table))
    .map(([, table]) => table as Owned);

  return {
    async begin({ id, userId, hubId, now, nextAttemptAt }) {
      await batch((tx) => [
        tx.delete(sessions).where(eq(sessions.userId, userId)),
        tx.delete(accounts).where(eq(accounts.userId, userId)),
        tx.insert(accountDeletions).values({ id, userId, hubId, passes: 0, steps: 0, createdAt: now, nextAttemptAt }),
      ]);
    },

    async find(id) {
      const [row] = await db.select().from(accountDeletions).where(eq(accountDeletions.id, id));
      return row ?? null;
    },

    async due(now, limit) {
      const rows = await db
        .select({ id: accountDeletions.id })
        .from(accountDeletions)
        .where(and(lte(accountDeletions.nextAttemptAt, now), isNull(accountDeletions.doneAt)))
        .orderBy(asc(accountDeletions.nextAttemptAt))
        .limit(limit);
      return rows.map(({ id }) => id);
    },

    async progress(id, state) {
      await db.update(accountDeletions).set(state).where(eq(accountDeletions.id, id));
    },

    async finish(id, doneAt) {
      await db
        .update(accountDeletions)
        .set({ userId: null, hubId: null, doneAt, nextAttemptAt: doneAt })
        .where(eq(accountDeletions.id, id));
    },

    async removeDone(before) {
      await db
        .delete(accountDeletions)
        .where(and(lt(accountDeletions.nextAttemptAt, before), isNull(accountDeletions.userId)));
    },

    async someDevices(userId, limit) {
      return db
        .select({ id: devices.id, gen: devices.gen })
        .from(devices)
        .where(eq(devices.userId, userId))
        .orderBy(asc(devices.id))
        .limit(Math.min(limit, devicesPerStatement));
    },

    async removeDevices(userId, deviceIds) {
      await batch((tx) => [
        tx.delete(deviceTags).where(and(eq(deviceTags.userId, userId), inArray(deviceTags.deviceId, deviceIds))),
        tx.delete(devices).where(and(eq(devices.userId, userId), inArray(devices.id, deviceIds))),
      ]);
    },

    async removeRows({ userId, hubId }) {
      await batch(
        (tx) =>
          [
            ...ofUsers.map((table) => tx.delete(table).where(eq(table.userId, userId))),
            ...ofHubs.map((table) => tx.delete(table).where(eq(table.hubId, hubId))),
            // Of a link to set a new password the value names the person.
            tx
              .delete(verifications)
              .where(or(eq(verifications.identifier, devicesOf(userId)), eq(verifications.value, userId))),
            tx.delete(users).where(eq(users.id, userId)),
          ] as unknown as Statements,
      );
    },
  };
}
