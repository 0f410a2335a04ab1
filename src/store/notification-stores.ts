// What notifications need of a database: webhooks, browsers that take web push, and what became of each delivery.
import type { DeliveryStatus, NotificationChannel } from "../domain/notifications.ts";
import type { Page, PageQuery } from "./store.ts";

/** Names a secret that is derived from the deployment's signing key `kid`. */
export interface WebhookSecret {
  kid: string;
  /** Counts the secrets of one webhook. */
  gen: number;
  /** Until when it still signs beside a newer one; null: it is the newest. */
  until: number | null;
}

export interface Webhook {
  id: string;
  userId: string;
  name: string;
  url: string;
  /** The newest first. */
  secrets: WebhookSecret[];
  /** Null: in use. */
  disabledAt: number | null;
  /** Why it was disabled by itself. */
  disabledReason: string | null;
  /** Since when every delivery has failed; null: the last one arrived. */
  failingSince: number | null;
  version: number;
  createdAt: number;
  updatedAt: number;
}

export type WebhookChange = Partial<
  Pick<Webhook, "name" | "url" | "secrets" | "disabledAt" | "disabledReason" | "failingSince">
>;

export interface WebhookStore {
  count(userId: string): Promise<number>;
  create(webhook: Webhook): Promise<void>;
  find(ref: { userId: string; webhookId: string }): Promise<Webhook | null>;
  list(query: PageQuery): Promise<Page<Webhook>>;
  /** False: it is gone, or somebody changed it since `version`. */
  change(
    ref: { userId: string; webhookId: string; version: number },
    change: WebhookChange,
    now: number,
  ): Promise<boolean>;
  delete(ref: { userId: string; webhookId: string }): Promise<boolean>;
  /** Part of deleting an account. */
  deleteOfUser(userId: string): Promise<void>;
}

export interface PushSubscription {
  id: string;
  userId: string;
  endpoint: string;
  /** Unique. */
  endpointHash: string;
  p256dh: string;
  auth: string;
  label: string;
  createdAt: number;
}

export interface PushSubscriptionStore {
  /** Takes the place of whatever had this endpoint. */
  put(subscription: PushSubscription): Promise<void>;
  find(ref: { userId: string; subscriptionId: string }): Promise<PushSubscription | null>;
  list(query: PageQuery): Promise<Page<PushSubscription>>;
  delete(ref: { userId: string; subscriptionId: string }): Promise<boolean>;
  /** Part of deleting an account. */
  deleteOfUser(userId: string): Promise<void>;
}

export interface Delivery {
  id: string;
  userId: string;
  notificationId: string;
  kind: NotificationChannel["kind"];
  targetId: string | null;
  title: string;
  status: DeliveryStatus;
  attempts: number;
  httpStatus: number | null;
  detail: string;
  createdAt: number;
  updatedAt: number;
}

/** What one attempt came to. */
export type DeliveryOutcome = Pick<Delivery, "status" | "httpStatus" | "detail">;

export interface DeliveryStore {
  /** False: it exists already. */
  create(delivery: Delivery): Promise<boolean>;
  find(id: string): Promise<Delivery | null>;
  /** Counts an attempt; false: another one was faster, or it is settled. */
  record(ref: { id: string; attempts: number }, outcome: DeliveryOutcome, now: number): Promise<boolean>;
  /** The latest first. */
  latest(query: { userId: string; targetId: string; limit: number }): Promise<Delivery[]>;
  /** Notifications and mails of a user since then, without those that were suppressed. */
  countSince(query: { userId: string; notificationsSince: number; mailsSince: number }): Promise<{
    notifications: number;
    mails: number;
  }>;
  forget(query: { userId: string; before: number }): Promise<void>;
  /** Part of deleting an account. */
  deleteOfUser(userId: string): Promise<void>;
}
