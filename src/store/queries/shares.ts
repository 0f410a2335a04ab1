// Shares of dashboards. What hides in a join with the dashboard belongs to the share's owner.
import { and, asc, eq, getTableColumns, gt, inArray, isNull, or, sql } from "drizzle-orm";
import type { Backend, Tables } from "../backend.ts";
import type { Share, ShareRef, ShareStore } from "../dashboard-store.ts";
import { dashboardOf, summaryColumns } from "./dashboards.ts";
import { insertNotice, selectNotice } from "./notices.ts";
import { inChunks } from "./in-chunks.ts";
import { selectShareStates, shareState } from "./share-states.ts";

function shareOf({ version: _version, ...share }: Tables["dashboardShares"]["$inferSelect"]): Share {
  return share;
}

export function shareStore({ db, tables, batch }: Backend): ShareStore {
  const { dashboards, dashboardShares, users } = tables;
  const columns = getTableColumns(dashboardShares);

  function reached(ref: ShareRef) {
    const whose = "userId" in ref ? eq(dashboardShares.userId, ref.userId) : eq(dashboardShares.personId, ref.personId);
    return and(eq(dashboardShares.id, ref.shareId), whose);
  }

  return {
    async create(share, notice) {
      const { dashboardId, userId } = share;
      const given = (value: string | number | null, column: string) => sql`${value}`.as(column);
      const [inserted, , [noticed], [row]] = await batch((tx) => [
        tx.insert(dashboardShares).select(
          tx
            .select({
              id: given(share.id, "id"),
              dashboardId: dashboards.id,
              userId: dashboards.userId,
              hubId: dashboards.hubId,
              rights: given(share.rights, "rights"),
              email: given(share.email, "email"),
              personId: given(share.personId, "person_id"),
              secretHash: given(share.secretHash, "secret_hash"),
              label: given(share.label, "label"),
              version: sql`1`.as("version"),
              noticeId: given(share.noticeId, "notice_id"),
              expiresAt: given(share.expiresAt, "expires_at"),
              createdAt: given(share.createdAt, "created_at"),
            })
            .from(dashboards)
            .where(and(eq(dashboards.id, dashboardId), eq(dashboards.userId, userId))),
        ),
        insertNotice(tx, tables, dashboardShares, eq(dashboardShares.id, share.id), notice),
        selectNotice(tx, tables, notice),
        selectShareStates(tx, tables, eq(dashboardShares.id, share.id)),
      ]);
      return inserted > 0 && row ? { noticed: noticed !== undefined, state: shareState(row) } : null;
    },

    async listOf({ userId, dashboardId }) {
      const rows = await db
        .select()
        .from(dashboardShares)
        .where(and(eq(dashboardShares.dashboardId, dashboardId), eq(dashboardShares.userId, userId)))
        .orderBy(asc(dashboardShares.id));
      return rows.map(shareOf);
    },

    async namesOf({ userId, shareIds }) {
      const rows = await inChunks(shareIds, (some) =>
        db
          .select({ id: dashboardShares.id, email: dashboardShares.email, label: dashboardShares.label })
          .from(dashboardShares)
          .where(and(eq(dashboardShares.userId, userId), inArray(dashboardShares.id, some))),
      );
      return new Map(rows.map(({ id, email, label }) => [id, email ?? label]));
    },

    async find(shareId) {
      const [row] = await db
        .select({ share: columns, dashboard: getTableColumns(dashboards), ownerName: users.name })
        .from(dashboardShares)
        .innerJoin(dashboards, eq(dashboards.id, dashboardShares.dashboardId))
        .innerJoin(users, eq(users.id, dashboardShares.userId))
        .where(eq(dashboardShares.id, shareId));
      return row
        ? { share: shareOf(row.share), dashboard: dashboardOf(row.dashboard), ownerName: row.ownerName }
        : null;
    },

    async update(ref, { rights, label }, notice) {
      const set = { ...(rights === undefined ? {} : { rights }), ...(label === undefined ? {} : { label }) };
      const [changed, , [noticed], [share], [state]] = await batch((tx) => [
        tx
          .update(dashboardShares)
          .set({ ...set, version: sql`${dashboardShares.version} + 1` })
          .where(reached(ref)),
        insertNotice(tx, tables, dashboardShares, reached(ref), notice),
        selectNotice(tx, tables, notice),
        tx.select().from(dashboardShares).where(reached(ref)),
        selectShareStates(tx, tables, reached(ref)),
      ]);
      if (changed === 0 || !share || !state) return null;
      return { noticed: noticed !== undefined, share: shareOf(share), state: shareState(state) };
    },

    async delete(ref, notice) {
      const [, [share], deleted, [noticed]] = await batch((tx) => [
        insertNotice(tx, tables, dashboardShares, reached(ref), notice),
        tx.select({ hubId: dashboardShares.hubId }).from(dashboardShares).where(reached(ref)),
        tx.delete(dashboardShares).where(reached(ref)),
        selectNotice(tx, tables, notice),
      ]);
      return deleted > 0 && share ? { noticed: noticed !== undefined, hubId: share.hubId } : null;
    },

    async claim(personId) {
      const confirmed = db
        .select({ email: users.email })
        .from(users)
        .where(and(eq(users.id, personId), eq(users.emailVerified, true)));
      await db
        .update(dashboardShares)
        .set({ personId })
        .where(and(isNull(dashboardShares.personId), inArray(dashboardShares.email, confirmed)));
    },

    async listWith({ personId, now, cursor, limit }) {
      const rows = await db
        .select({ share: columns, dashboard: summaryColumns(tables), ownerName: users.name })
        .from(dashboardShares)
        .innerJoin(dashboards, eq(dashboards.id, dashboardShares.dashboardId))
        .innerJoin(users, eq(users.id, dashboardShares.userId))
        .where(
          and(
            eq(dashboardShares.personId, personId),
            cursor === null ? undefined : gt(dashboardShares.id, cursor),
            or(isNull(dashboardShares.expiresAt), gt(dashboardShares.expiresAt, now)),
          ),
        )
        .orderBy(asc(dashboardShares.id))
        .limit(limit);
      return rows.map(({ share, ...rest }) => ({ share: shareOf(share), ...rest }));
    },

    async personOf(email) {
      const [person] = await db.select({ id: users.id }).from(users).where(eq(users.email, email));
      return person ?? null;
    },
  };
}
