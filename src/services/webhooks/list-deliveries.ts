// What became of the last notifications to a webhook.
import type { DeliveryStatus } from "../../domain/notifications.ts";
import type { ServiceContext } from "../context.ts";
import { ownWebhook } from "./webhook-view.ts";

export interface DeliveryView {
  /** The `webhook-id` that the address got. */
  id: string;
  title: string;
  status: DeliveryStatus;
  attempts: number;
  httpStatus: number | null;
  detail: string;
  createdAt: number;
  /** When it was last attempted. */
  updatedAt: number;
}

export async function listDeliveries({
  ctx,
  input: { webhookId, limit },
}: {
  ctx: ServiceContext;
  input: { webhookId: string; limit: number };
}): Promise<{ items: DeliveryView[] }> {
  const { id: targetId, userId } = await ownWebhook(ctx, webhookId);
  const deliveries = await ctx.store.deliveries.latest({ userId, targetId, limit });
  const items = deliveries.map(
    ({ notificationId, title, status, attempts, httpStatus, detail, createdAt, updatedAt }): DeliveryView => ({
      id: notificationId,
      title,
      status,
      attempts,
      httpStatus,
      detail,
      createdAt,
      updatedAt,
    }),
  );
  return { items };
}
