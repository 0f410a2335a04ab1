// Webhooks of users. A change names the version it was made from.
import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import type { Backend, Tables } from "../backend.ts";
import type { Webhook, WebhookSecret, WebhookStore } from "../notification-stores.ts";

function fromRow({ secrets, ...row }: Tables["webhooks"]["$inferSelect"]): Webhook {
  return { ...row, secrets: JSON.parse(secrets) as WebhookSecret[] };
}

export function webhookStore({ db, tables: { webhooks }, changed }: Backend): WebhookStore {
  const owned = ({ userId, webhookId }: { userId: string; webhookId: string }) =>
    and(eq(webhooks.id, webhookId), eq(webhooks.userId, userId));

  return {
    async count(userId) {
      const [row] = await db.select({ webhooks: count() }).from(webhooks).where(eq(webhooks.userId, userId));
      return row?.webhooks ?? 0;
    },

    async create(webhook) {
      await db.insert(webhooks).values({ ...webhook, secrets: JSON.stringify(webhook.secrets) });
    },

    async find(ref) {
      const [row] = await db.select().from(webhooks).where(owned(ref));
      return row ? fromRow(row) : null;
    },

    async list({ userId, cursor, limit }) {
      const rows = await db
        .select()
        .from(webhooks)
        .where(and(eq(webhooks.userId, userId), cursor === null ? undefined : gt(webhooks.id, cursor)))
        .orderBy(asc(webhooks.id))
        .limit(limit + 1);
      const items = rows.slice(0, limit).map(fromRow);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async change({ version, ...ref }, { secrets, ...change }, now) {
      const rows = await changed(
        db
          .update(webhooks)
          .set({
            ...change,
            ...(secrets && { secrets: JSON.stringify(secrets) }),
            version: sql`${webhooks.version} + 1`,
            updatedAt: now,
          })
          .where(and(owned(ref), eq(webhooks.version, version))),
      );
      return rows === 1;
    },

    async delete(ref) {
      return (await changed(db.delete(webhooks).where(owned(ref)))) > 0;
    },

    async deleteOfUser(userId) {
      await db.delete(webhooks).where(eq(webhooks.userId, userId));
    },
  };
}
