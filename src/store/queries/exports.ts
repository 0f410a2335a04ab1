// Exports. `active_for` is unique: it lets a user have one at a time that is being made.
import { and, asc, count, eq, gt, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import { type ExportState, firstExportState } from "../../domain/exports.ts";
import type { Backend } from "../backend.ts";
import type { ExportLease, ExportRef, ExportStore } from "../export-store.ts";

export function exportStore({ db, tables: { accounts, exports, users }, changed }: Backend): ExportStore {
  const { id, userId, status, bytes, partsDone, partsKnown, error, dueAt, createdAt, finishedAt } = exports;
  const summary = { id, userId, status, bytes, partsDone, partsKnown, error, dueAt, createdAt, finishedAt };
  const owned = (ref: ExportRef) => and(eq(exports.id, ref.exportId), eq(exports.userId, ref.userId));
  const held = ({ exportId, lease }: ExportLease) => and(eq(exports.id, exportId), eq(exports.lease, lease));

  return {
    async ownerOf(ofUser) {
      const [[user], ways] = await Promise.all([
        db.select().from(users).where(eq(users.id, ofUser)),
        db.select({ provider: accounts.providerId }).from(accounts).where(eq(accounts.userId, ofUser)),
      ]);
      if (!user) return null;
      const { name, email, emailVerified, createdAt: since } = user;
      const providers = ways.map(({ provider }) => provider);
      return { id: user.id, name, email, emailVerified, createdAt: since.getTime(), providers };
    },

    async create(wanted) {
      await db.insert(exports).values({
        id: wanted.id,
        userId: wanted.userId,
        activeFor: wanted.userId,
        status: "pending",
        state: JSON.stringify(firstExportState),
        bytes: 0,
        partsDone: 0,
        partsKnown: 0,
        attempts: 0,
        dueAt: wanted.dueAt,
        createdAt: wanted.now,
      });
    },

    async count(ofUser) {
      const [row] = await db.select({ exports: count() }).from(exports).where(eq(exports.userId, ofUser));
      return row?.exports ?? 0;
    },

    async find(ref) {
      const [row] = await db.select(summary).from(exports).where(owned(ref));
      return row ?? null;
    },

    async findActive(ofUser) {
      const [row] = await db.select(summary).from(exports).where(eq(exports.activeFor, ofUser));
      return row ?? null;
    },

    async list({ userId: ofUser, cursor, limit }) {
      const rows = await db
        .select(summary)
        .from(exports)
        .where(and(eq(exports.userId, ofUser), cursor === null ? undefined : gt(exports.id, cursor)))
        .orderBy(asc(exports.id))
        .limit(limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async claim({ exportId, lease, now, dueAt: until }) {
      const taken = await changed(
        db
          .update(exports)
          .set({ lease, status: "running", attempts: sql`${exports.attempts} + 1`, dueAt: until })
          .where(
            and(
              eq(exports.id, exportId),
              isNotNull(exports.activeFor),
              or(isNull(exports.lease), lte(exports.dueAt, now)),
            ),
          ),
      );
      if (taken !== 1) return null;
      const [row] = await db
        .select({ ...summary, state: exports.state, attempts: exports.attempts })
        .from(exports)
        .where(held({ exportId, lease }));
      return row ? { ...row, state: JSON.parse(row.state) as ExportState } : null;
    },

    async save(lease, { state, ...progress }, until) {
      const set = { ...progress, state: JSON.stringify(state), attempts: 0, lease: null, dueAt: until };
      return (await changed(db.update(exports).set(set).where(held(lease)))) === 1;
    },

    async release(lease) {
      await db.update(exports).set({ lease: null }).where(held(lease));
    },

    async finish(lease, { state, ...ending }) {
      const set = { ...ending, state: JSON.stringify(state), activeFor: null, lease: null };
      return (await changed(db.update(exports).set(set).where(held(lease)))) === 1;
    },

    async due(now, limit) {
      const rows = await db
        .select({ exportId: exports.id, userId: exports.userId, activeFor: exports.activeFor })
        .from(exports)
        .where(lte(exports.dueAt, now))
        .orderBy(asc(exports.dueAt))
        .limit(limit);
      return rows.map(({ activeFor, ...ref }) => ({ ...ref, isActive: activeFor !== null }));
    },

    async postpone(exportId, until) {
      await db.update(exports).set({ dueAt: until }).where(eq(exports.id, exportId));
    },

    async delete(ref) {
      return (await changed(db.delete(exports).where(owned(ref)))) === 1;
    },
  };
}
