// Webhooks as the Standard Webhooks specification has them: what is sent, and how it is signed.
import { createHmac } from "node:crypto";
import type { Notification } from "../domain/notifications.ts";
import { type Posted, post } from "./post.ts";

export interface WebhookMessage {
  /** The same in every attempt, so that the receiver knows a repetition. */
  id: string;
  type: "rule.fired" | "webhook.test";
  /** Epoch milliseconds of what happened. */
  at: number;
  data: object;
}

export function messageOf(notification: Notification): WebhookMessage {
  const { notificationId, ruleId, ruleName, deviceId, deviceName, stream, value, title, text, at } = notification;
  return {
    id: notificationId,
    type: "rule.fired",
    at,
    data: {
      rule: { id: ruleId, name: ruleName },
      device: deviceId === null ? null : { id: deviceId, name: deviceName },
      stream,
      value,
      title,
      text,
    },
  };
}

/** `now`: of this attempt, epoch milliseconds; receivers refuse what is minutes old. Several secrets sign while one replaces another. */
export function sendWebhook(
  url: string,
  secrets: Uint8Array[],
  { id, type, at, data }: WebhookMessage,
  now: number,
): Promise<Posted> {
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
  const timestamp = Math.floor(now / 1000);
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map((secret) => `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`);
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
  return post(url, headers, body);
}
