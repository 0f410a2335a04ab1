// What a rule has to tell its owner, as the hub hands it over, and what became of it, as the hub is told. The jobs that carry
// both through the queue may come twice: ids make a repetition harmless.
import type { StreamValue } from "./streams/values.ts";

/** By which way its owner is told. */
export type NotificationChannel = { kind: "email" } | { kind: "push" } | { kind: "webhook"; webhookId: string };

export interface Notification {
  /** `ntf_…`, the same in every repetition. */
  notificationId: string;
  userId: string;
  hubId: string;
  ruleId: string;
  ruleName: string;
  /** When the rule fired, epoch milliseconds. */
  at: number;
  deviceId: string | null;
  deviceName: string | null;
  stream: string | null;
  value: StreamValue | null;
  /** One line, at most `maxTitleLength` characters. */
  title: string;
  /** At most `maxTextLength` characters. */
  text: string;
  channels: NotificationChannel[];
}

export const maxTitleLength = 200;
export const maxTextLength = 1000;

/** What a hub sends to the queue. */
export interface NotifyJob extends Notification {
  type: "notify";
}

/** One delivery that failed before and is tried again. */
export interface DeliverJob {
  type: "deliver";
  deliveryId: string;
  /** Attempts that were made when this job was sent. */
  attempts: number;
  notification: Notification;
}

/** `pending`: it will be tried again. `suppressed`: not sent, because its owner was told often enough. */
export type DeliveryStatus = "pending" | "delivered" | "failed" | "suppressed";

/** Where one notification went by one channel, told to the hub once that is settled. May come twice; the last one holds. */
export interface DeliveryReport {
  notificationId: string;
  ruleId: string;
  kind: NotificationChannel["kind"];
  /** The webhook or the browser's subscription; null: a mail, or a push with no browser to go to. */
  targetId: string | null;
  status: Exclude<DeliveryStatus, "pending">;
  /** For its owner: what it was, or what is wrong; at most `maxDetailLength` characters. */
  detail: string;
  /** Epoch milliseconds. */
  at: number;
}

export const maxDetailLength = 200;
