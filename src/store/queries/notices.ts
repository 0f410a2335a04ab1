// Outbox rows: the statement that commits one together with a change, and the functions that work them off.
import { eq, inArray, lte, sql } from "drizzle-orm";
import type { NewNotice, OutboxStore } from "../store.ts";
import type { Backend, Database, Tables } from "../backend.ts";

/** A condition no row meets: the statement stays in its batch and does nothing. */
export const noRow = sql`1 = 0`;

/**
 * Inserts the notice if the subject (a row of the given table that meets `where`) has a hub that was ever started.
 * A hub that was not will read its whole list after it has marked itself as started, this change included.
 */
export function insertNotice(
  db: Database,
  { hubs, outbox }: Tables,
  subjects: Tables["devices"] | Tables["appTokens"] | Tables["dashboards"] | Tables["dashboardShares"],
  where: ReturnType<typeof sql> | undefined,
  notice: NewNotice,
) {
  return db.insert(outbox).select(
    db
      .select({
        id: sql<string>`${notice.id}`.as("id"),
        hubId: sql<string>`${subjects.hubId}`.as("hub_id"),
        subject: sql<string>`${subjects.id}`.as("subject"),
        createdAt: sql<number>`${notice.now}`.as("created_at"),
        attempts: sql<number>`0`.as("attempts"),
        nextAttemptAt: sql<number>`${notice.retryAt}`.as("next_attempt_at"),
      })
      .from(subjects)
      .innerJoin(hubs, eq(hubs.id, subjects.hubId))
      .where(sql`${where ?? noRow} and ${hubs.startedAt} is not null`),
  );
}

/** Whether the notice was inserted. */
export function selectNotice(db: Database, { outbox }: Tables, notice: NewNotice) {
  return db.select({ id: outbox.id }).from(outbox).where(eq(outbox.id, notice.id));
}

export function outboxStore({ db, tables: { outbox }, batch }: Backend): OutboxStore {
  return {
    async delete(ids) {
      await db.delete(outbox).where(inArray(outbox.id, ids));
    },

    async due(now, limit) {
      return db
        .select({ id: outbox.id, hubId: outbox.hubId, subject: outbox.subject, attempts: outbox.attempts })
        .from(outbox)
        .where(lte(outbox.nextAttemptAt, now))
        .orderBy(outbox.nextAttemptAt)
        .limit(limit);
    },

    async postpone(notices) {
      const postponed = (tx: Database, { id, nextAttemptAt }: (typeof notices)[number]) =>
        tx
          .update(outbox)
          .set({ attempts: sql`${outbox.attempts} + 1`, nextAttemptAt })
          .where(eq(outbox.id, id));
      const [first, ...rest] = notices;
      if (first) await batch((tx) => [postponed(tx, first), ...rest.map((notice) => postponed(tx, notice))]);
    },
  };
}
