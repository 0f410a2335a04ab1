// Browsers that take web push. An endpoint belongs to whoever subscribed last.
import { and, asc, eq, gt } from "drizzle-orm";
import type { Backend } from "../backend.ts";
import type { PushSubscriptionStore } from "../notification-stores.ts";

export function pushSubscriptionStore({ db, tables, batch, changed }: Backend): PushSubscriptionStore {
  const { pushSubscriptions } = tables;
  const owned = ({ userId, subscriptionId }: { userId: string; subscriptionId: string }) =>
    and(eq(pushSubscriptions.id, subscriptionId), eq(pushSubscriptions.userId, userId));

  return {
    async put(subscription) {
      await batch((tx) => [
        tx.delete(pushSubscriptions).where(eq(pushSubscriptions.endpointHash, subscription.endpointHash)),
        tx.insert(pushSubscriptions).values(subscription),
      ]);
    },

    async find(ref) {
      const [row] = await db.select().from(pushSubscriptions).where(owned(ref));
      return row ?? null;
    },

    async list({ userId, cursor, limit }) {
      const rows = await db
        .select()
        .from(pushSubscriptions)
        .where(
          and(eq(pushSubscriptions.userId, userId), cursor === null ? undefined : gt(pushSubscriptions.id, cursor)),
        )
        .orderBy(asc(pushSubscriptions.id))
        .limit(limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async delete(ref) {
      return (await changed(db.delete(pushSubscriptions).where(owned(ref)))) > 0;
    },

    async deleteOfUser(userId) {
      await db.delete(pushSubscriptions).where(eq(pushSubscriptions.userId, userId));
    },
  };
}
