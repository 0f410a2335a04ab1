// One attempt to deliver a notification by one channel, what is kept of it, and when it is tried again. What failed or arrived by
// one channel is nothing to the others.
import type { DeliverJob, DeliveryReport, Notification } from "../../domain/notifications.ts";
import { maxDetailLength } from "../../domain/notifications.ts";
import { hubKey } from "../../domain/prices/hub-usage.ts";
import { messageOf } from "../../outbound/webhook.ts";
import type { Delivery } from "../../store/notification-stores.ts";
import type { SystemContext } from "../context.ts";
import { sendByMail } from "./by-mail.ts";
import { pushMessageOf, sendByPush } from "./by-push.ts";
import { sendByWebhook } from "./by-webhook.ts";
import { report } from "./report.ts";
import { type Sent, failedFor } from "./sent.ts";

/** Seconds before the second attempt and each further one. The platform delays a job by 12 hours at most. */
const retryDelays: Record<Delivery["kind"], readonly number[]> = {
  webhook: [5, 60, 300, 1800, 7200, 18_000, 36_000],
  push: [10, 60, 300, 1800],
  email: [60, 600, 3600],
};
const longestDelay = 43_200;

/** A retry that comes out of the queue. It may come twice. */
export async function deliverAgain({ ctx, input }: { ctx: SystemContext; input: DeliverJob }): Promise<void> {
  const delivery = await ctx.store.deliveries.find(input.deliveryId);
  if (!delivery || delivery.attempts > input.attempts) return;
  await deliver(ctx, input.notification, delivery);
}

/** Attempts what is pending; of what is settled, the hub is told again. Rejects when the database or the hub does not answer. */
export async function deliver(ctx: SystemContext, notification: Notification, delivery: Delivery): Promise<void> {
  ctx.meter.paidBy(notification, hubKey);
  if (delivery.status !== "pending") return report(ctx, notification, reportOf(notification, delivery));
  const sent = await send(ctx, notification, delivery);
  const now = ctx.now();
  const wait = retryDelays[delivery.kind][delivery.attempts];
  const isOver = sent.outcome !== "later" || wait === undefined;
  const status = !isOver ? "pending" : sent.outcome === "delivered" ? "delivered" : "failed";
  const outcome = { status, httpStatus: sent.httpStatus, detail: sent.detail.slice(0, maxDetailLength) } as const;
  const attempts = delivery.attempts + 1;
  if (!isOver) {
    const delaySeconds = Math.min(longestDelay, Math.max(wait, sent.retryAfterSeconds));
    await ctx.jobs.send({ type: "deliver", deliveryId: delivery.id, attempts, notification }, { delaySeconds });
  }
  await ctx.store.deliveries.record({ id: delivery.id, attempts: delivery.attempts }, outcome, now);
  if (isOver) await report(ctx, notification, reportOf(notification, { ...delivery, ...outcome, updatedAt: now }));
}

function send(ctx: SystemContext, notification: Notification, { kind, targetId }: Delivery): Promise<Sent> {
  const { userId } = notification;
  switch (kind) {
    case "email":
      return sendByMail(ctx, notification);
    case "webhook":
      return sendByWebhook(ctx, { userId, webhookId: targetId ?? "" }, messageOf(notification));
    case "push":
      if (targetId === null) return Promise.resolve(failedFor("No browser is subscribed to notifications."));
      return sendByPush(ctx, { userId, subscriptionId: targetId }, pushMessageOf(notification));
  }
}

function reportOf(notification: Notification, { kind, targetId, status, detail, updatedAt }: Delivery): DeliveryReport {
  const { notificationId, ruleId } = notification;
  return { notificationId, ruleId, kind, targetId, status: status as DeliveryReport["status"], detail, at: updatedAt };
}
