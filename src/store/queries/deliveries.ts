// What became of each notification by each channel; kept for some days, for its owner to look at and for the limits.
import { and, desc, eq, gte, lt, ne, sql } from "drizzle-orm";
import { HomeportError } from "../../errors.ts";
import type { Backend } from "../backend.ts";
import type { DeliveryStore } from "../notification-stores.ts";

export function deliveryStore({ db, tables: { deliveries }, changed, translated }: Backend): DeliveryStore {
  return {
    async create(delivery) {
      try {
        await db.insert(deliveries).values(delivery);
        return true;
      } catch (error) {
        const failure = translated(error);
        if (failure instanceof HomeportError && failure.code === "conflict") return false;
        throw failure;
      }
    },

    async find(id) {
      const [row] = await db.select().from(deliveries).where(eq(deliveries.id, id));
      return row ?? null;
    },

    async record({ id, attempts }, outcome, now) {
      const rows = await changed(
        db
          .update(deliveries)
          .set({ ...outcome, attempts: sql`${deliveries.attempts} + 1`, updatedAt: now })
          .where(and(eq(deliveries.id, id), eq(deliveries.attempts, attempts), eq(deliveries.status, "pending"))),
      );
      return rows === 1;
    },

    async latest({ userId, targetId, limit }) {
      return db
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.userId, userId), eq(deliveries.targetId, targetId)))
        .orderBy(desc(deliveries.createdAt), desc(deliveries.id))
        .limit(limit);
    },

    async countSince({ userId, notificationsSince, mailsSince }) {
      const { createdAt, kind, notificationId, status } = deliveries;
      const counted = (condition: ReturnType<typeof sql>) =>
        sql`count(distinct case when ${condition} then ${notificationId} end)`.mapWith(Number);
      const [row] = await db
        .select({
          notifications: counted(sql`${createdAt} >= ${notificationsSince}`),
          mails: counted(sql`${createdAt} >= ${mailsSince} and ${kind} = 'email'`),
        })
        .from(deliveries)
        .where(
          and(
            eq(deliveries.userId, userId),
            gte(createdAt, Math.min(notificationsSince, mailsSince)),
            ne(status, "suppressed"),
          ),
        );
      return row ?? { notifications: 0, mails: 0 };
    },

    async forget({ userId, before }) {
      await db.delete(deliveries).where(and(eq(deliveries.userId, userId), lt(deliveries.createdAt, before)));
    },

    async deleteOfUser(userId) {
      await db.delete(deliveries).where(eq(deliveries.userId, userId));
    },
  };
}
