// Takes what a rule has to tell: who is told by which channels, within the limits of its owner. The job may come twice; what was
// attempted already is not attempted again.
import type { Notification, NotifyJob } from "../../domain/notifications.ts";
import { maxTextLength, maxTitleLength } from "../../domain/notifications.ts";
import type { Delivery } from "../../store/notification-stores.ts";
import type { SystemContext } from "../context.ts";
import { deliver } from "./deliver.ts";
import { type Allowance, allowanceOf } from "./limits.ts";
import { wantsRuleMails } from "./rule-mails.ts";

/** How long deliveries are kept. */
const keptMs = 7 * 86_400_000;
/** As many browsers as MAX_PUSH_SUBSCRIPTIONS allows at most. */
const maxBrowsers = 200;

type Target = Pick<Delivery, "kind" | "targetId">;

export async function notify({ ctx, input }: { ctx: SystemContext; input: NotifyJob }): Promise<void> {
  const { type: _type, ...given } = input;
  const notification = {
    ...given,
    // A device may have had a word in both; a title is a subject, and one line.
    title: given.title
      .replaceAll(/\p{Cc}+/gu, " ")
      .slice(0, maxTitleLength)
      .toWellFormed(),
    text: given.text.slice(0, maxTextLength).toWellFormed(),
  };
  const now = ctx.now();
  // Of a user who is gone, neither database nor hub is to keep anything.
  if ((await ctx.store.people.address(notification.userId)) === null) return;
  await ctx.store.deliveries.forget({ userId: notification.userId, before: now - keptMs });
  const allowance = await allowanceWith(ctx, notification);
  const targets = await targetsOf(ctx, notification);
  const results = await Promise.allSettled(
    targets.map(async (target) => {
      const delivery = await begin(ctx, notification, target, allowance);
      // Another run of this job has gone further: its retry is on the way.
      if (delivery.status === "pending" && delivery.attempts > 0) return;
      await deliver(ctx, withHint(notification, target, allowance), delivery);
    }),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/** Within the limits, and what the owner wants. */
async function allowanceWith(ctx: SystemContext, { userId, channels }: Notification): Promise<Allowance> {
  const allowance = await allowanceOf(ctx, { userId });
  const goesByMail = channels.some(({ kind }) => kind === "email");
  if (!goesByMail || (await wantsRuleMails(ctx, userId))) return allowance;
  return { ...allowance, mailRefusal: "Not sent: you want no mails of rules. Your account changes that." };
}

/** The channels, each once; push goes to every browser of the user. */
async function targetsOf({ store }: SystemContext, { userId, channels }: Notification): Promise<Target[]> {
  const kinds = new Set(channels.map(({ kind }) => kind));
  const webhooks = new Set(channels.flatMap((channel) => (channel.kind === "webhook" ? [channel.webhookId] : [])));
  const targets: Target[] = [...webhooks].map((targetId) => ({ kind: "webhook", targetId }));
  if (kinds.has("email")) targets.push({ kind: "email", targetId: null });
  if (!kinds.has("push")) return targets;
  const { items } = await store.pushSubscriptions.list({ userId, cursor: null, limit: maxBrowsers });
  const browsers: (string | null)[] = items.length > 0 ? items.map(({ id }) => id) : [null];
  return [...targets, ...browsers.map((targetId): Target => ({ kind: "push", targetId }))];
}

/** The delivery's row: new, or that of an earlier run. */
async function begin(
  { store, now }: SystemContext,
  { notificationId, userId, title }: Notification,
  { kind, targetId }: Target,
  allowance: Allowance,
): Promise<Delivery> {
  const refusal = kind === "email" ? allowance.mailRefusal : allowance.refusal;
  const at = now();
  const delivery: Delivery = {
    id: `${notificationId}.${targetId ?? kind}`,
    userId,
    notificationId,
    kind,
    targetId,
    title,
    status: refusal === null ? "pending" : "suppressed",
    attempts: 0,
    httpStatus: null,
    detail: refusal ?? "",
    createdAt: at,
    updatedAt: at,
  };
  if (await store.deliveries.create(delivery)) return delivery;
  return (await store.deliveries.find(delivery.id)) ?? delivery;
}

/** People are told when this is the last for a while; programs get the same every time. */
function withHint(notification: Notification, { kind }: Target, { hint, mailHint }: Allowance): Notification {
  const added = kind === "email" ? mailHint : kind === "push" ? hint : null;
  return added === null ? notification : { ...notification, text: `${notification.text}\n\n${added}` };
}
