// Devices that ask to be paired. A row lives for minutes; who changes its status first wins.
import { and, count, eq, gt, lt, sql } from "drizzle-orm";
import type { PairingStore } from "../store.ts";
import type { Backend } from "../backend.ts";

export function pairingStore({ db, tables: { pairings }, changed }: Backend): PairingStore {
  return {
    async countOpen(now) {
      const [row] = await db.select({ open: count() }).from(pairings).where(gt(pairings.expiresAt, now));
      return row?.open ?? 0;
    },

    async create(pairing) {
      await db
        .insert(pairings)
        .values({ ...pairing, status: "pending", userId: null, deviceId: null, lastPollAt: null });
    },

    async findByUserCode(userCodeHash) {
      const [row] = await db.select().from(pairings).where(eq(pairings.userCodeHash, userCodeHash));
      return row ?? null;
    },

    async findByDeviceCode(deviceCodeHash) {
      const [row] = await db.select().from(pairings).where(eq(pairings.deviceCodeHash, deviceCodeHash));
      return row ?? null;
    },

    async decide({ userCodeHash, userId, deviceId, now }) {
      const rows = await changed(
        db
          .update(pairings)
          .set({ status: deviceId === null ? "denied" : "approved", userId, deviceId })
          .where(
            and(eq(pairings.userCodeHash, userCodeHash), eq(pairings.status, "pending"), gt(pairings.expiresAt, now)),
          ),
      );
      return rows === 1;
    },

    async recordPoll({ deviceCodeHash, now, slowDownSeconds }) {
      await db
        .update(pairings)
        .set({ lastPollAt: now, intervalSeconds: sql`${pairings.intervalSeconds} + ${slowDownSeconds}` })
        .where(eq(pairings.deviceCodeHash, deviceCodeHash));
    },

    async claim(deviceCodeHash, now) {
      const rows = await changed(
        db
          .update(pairings)
          .set({ status: "paired" })
          .where(
            and(
              eq(pairings.deviceCodeHash, deviceCodeHash),
              eq(pairings.status, "approved"),
              gt(pairings.expiresAt, now),
            ),
          ),
      );
      return rows === 1;
    },

    async removeExpired(before) {
      await db.delete(pairings).where(lt(pairings.expiresAt, before));
    },
  };
}
