// Dashboards. A change that touches what is granted leaves one notice for all shares, under the dashboard's id.
import { and, asc, eq, exists, sql } from "drizzle-orm";
import type { Backend, Database, Tables } from "../backend.ts";
import type { Dashboard, DashboardRef, DashboardStore } from "../dashboard-store.ts";
import { insertNotice, noRow, selectNotice } from "./notices.ts";
import { selectShareStates, shareState } from "./share-states.ts";

export function dashboardOf({ widgets, grants, ...rest }: Tables["dashboards"]["$inferSelect"]): Dashboard {
  return { ...rest, widgets: JSON.parse(widgets), grants: JSON.parse(grants) };
}

/** The columns of a summary: without what may be long. */
export function summaryColumns({ dashboards }: Tables) {
  const { id, userId, title, icon, position, version, createdAt, updatedAt } = dashboards;
  return { id, userId, title, icon, position, version, createdAt, updatedAt };
}

export function dashboardStore({ db, tables, batch }: Backend): DashboardStore {
  const { dashboards, dashboardShares, hubs, outbox } = tables;

  function owned({ userId, dashboardId }: DashboardRef) {
    return and(eq(dashboards.id, dashboardId), eq(dashboards.userId, userId));
  }

  function isShared(tx: Database) {
    return exists(
      tx.select({ id: dashboardShares.id }).from(dashboardShares).where(eq(dashboardShares.dashboardId, dashboards.id)),
    );
  }

  return {
    async create({ widgets, grants, ...dashboard }) {
      await db.insert(dashboards).values({
        ...dashboard,
        widgets: JSON.stringify(widgets),
        grants: JSON.stringify(grants),
        version: 1,
        updatedAt: dashboard.createdAt,
      });
    },

    async find(ref) {
      const [row] = await db.select().from(dashboards).where(owned(ref));
      return row ? dashboardOf(row) : null;
    },

    async list(userId) {
      return db
        .select(summaryColumns(tables))
        .from(dashboards)
        .where(eq(dashboards.userId, userId))
        .orderBy(asc(dashboards.position), asc(dashboards.id));
    },

    async update(ref, { title, icon, widgets, grants }, version, notice) {
      const set = {
        ...(title === undefined ? {} : { title }),
        ...(icon === undefined ? {} : { icon }),
        ...(widgets === undefined ? {} : { widgets: JSON.stringify(widgets) }),
        ...(grants === undefined ? {} : { grants: JSON.stringify(grants) }),
        updatedAt: notice.now,
      };
      const expected = version === null ? undefined : eq(dashboards.version, version);
      const [changed, , [row], [noticed], shares] = await batch((tx) => [
        tx
          .update(dashboards)
          .set({ ...set, version: sql`${dashboards.version} + 1` })
          .where(and(owned(ref), expected)),
        insertNotice(tx, tables, dashboards, grants === undefined ? noRow : and(owned(ref), isShared(tx)), notice),
        tx.select().from(dashboards).where(owned(ref)),
        selectNotice(tx, tables, notice),
        selectShareStates(tx, tables, grants === undefined ? noRow : owned(ref)),
      ]);
      if (!row) return null;
      return {
        dashboard: dashboardOf(row),
        isChanged: changed > 0,
        noticed: noticed !== undefined,
        shares: shares.map(shareState),
      };
    },

    async sort(userId, ids) {
      if (ids.length === 0) return;
      const cases = ids.map((id, position) => sql`when ${id} then ${sql.raw(String(position))}`);
      const position = sql<number>`case ${dashboards.id} ${sql.join(cases, sql` `)} else ${dashboards.position} end`;
      await db.update(dashboards).set({ position }).where(eq(dashboards.userId, userId));
    },

    async delete(ref, notice) {
      const sharesOfIt = and(eq(dashboardShares.dashboardId, ref.dashboardId), eq(dashboardShares.userId, ref.userId));
      const [, ended, , deleted] = await batch((tx) => [
        tx.insert(outbox).select(
          tx
            .select({
              id: dashboardShares.noticeId,
              hubId: dashboardShares.hubId,
              subject: sql<string>`${dashboardShares.id}`.as("subject"),
              createdAt: sql<number>`${notice.now}`.as("created_at"),
              attempts: sql<number>`0`.as("attempts"),
              nextAttemptAt: sql<number>`${notice.retryAt}`.as("next_attempt_at"),
            })
            .from(dashboardShares)
            .innerJoin(hubs, eq(hubs.id, dashboardShares.hubId))
            .where(sql`${sharesOfIt} and ${hubs.startedAt} is not null`),
        ),
        tx
          .select({ shareId: dashboardShares.id, noticeId: dashboardShares.noticeId })
          .from(dashboardShares)
          .innerJoin(outbox, eq(outbox.id, dashboardShares.noticeId))
          .where(sharesOfIt),
        tx.delete(dashboardShares).where(sharesOfIt),
        tx.delete(dashboards).where(owned(ref)),
      ]);
      return deleted > 0 ? { ended } : null;
    },
  };
}
