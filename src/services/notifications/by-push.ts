// Sends to one browser. One that its push service no longer knows is forgotten.
import type { Notification } from "../../domain/notifications.ts";
import { type PushMessage, maxPushBytes, sendPush, vapidKeysOf } from "../../outbound/web-push.ts";
import type { SystemContext } from "../context.ts";
import { type Sent, failedFor, sentAs } from "./sent.ts";

/** How long a push service keeps it for a phone that is away. */
const ttlSeconds = 86_400;

/** As the console's service worker reads it. */
export function pushMessageOf(notification: Notification): PushMessage {
  const { notificationId, ruleId, ruleName, deviceId, deviceName, stream, value, at, title } = notification;
  const data = { notificationId, ruleId, ruleName, deviceId, deviceName, stream, value, at };
  const payload = (text: string) => JSON.stringify({ title, text, url: `/rules/${ruleId}`, ...data });
  let text = notification.text;
  while (text !== "" && Buffer.byteLength(payload(text)) > maxPushBytes) text = text.slice(0, text.length >> 1);
  // Of a rule, only the latest matters to somebody who was away.
  return { payload: payload(text), topic: ruleId, ttlSeconds };
}

export async function sendByPush(
  ctx: SystemContext,
  ref: { userId: string; subscriptionId: string },
  message: PushMessage,
): Promise<Sent> {
  const { MAIL_FROM: mailFrom, PUBLIC_URL: publicUrl, VAPID_KEYS: keys } = ctx.config;
  const vapid = vapidKeysOf(keys, { mailFrom, publicUrl });
  if (vapid === null) return failedFor("This deployment has no VAPID_KEYS: its operator has to set them.");
  const subscription = await ctx.store.pushSubscriptions.find(ref);
  if (!subscription) return failedFor("The browser is no longer subscribed.");
  const { label } = subscription;
  const sent = sentAs(await sendPush(subscription, message, vapid, ctx.now()), `The push service of "${label}"`);
  if (sent.httpStatus !== 404 && sent.httpStatus !== 410) return { ...sent, detail: sent.detail || label };
  await ctx.store.pushSubscriptions.delete(ref);
  return { ...sent, detail: `"${label}" no longer takes notifications, and was removed.` };
}
