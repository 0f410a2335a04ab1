// The tables of hubs, devices, app tokens, notices, pairings and notifications on MySQL; ../d1/schema.ts says what they hold. Lengths leave
// room above what the API accepts. The runner makes every table utf8mb4_bin, so that ids and names differ by case.
import { index, int, mediumtext, mysqlTable, primaryKey, text, varchar } from "drizzle-orm/mysql-core";
import { id, milliseconds } from "./auth-schema.ts";

export const hubs = mysqlTable("hubs", {
  id: id("id").primaryKey(),
  userId: id("user_id").notNull().unique(),
  startedAt: milliseconds("started_at"),
  createdAt: milliseconds("created_at").notNull(),
});

export const devices = mysqlTable(
  "devices",
  {
    id: id("id").primaryKey(),
    userId: id("user_id").notNull(),
    hubId: id("hub_id").notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    nameKey: varchar("name_key", { length: 512 }).notNull(),
    model: varchar("model", { length: 255 }),
    tags: text("tags").notNull(),
    attributes: mediumtext("attributes").notNull(),
    grants: mediumtext("grants").notNull(),
    checkInSeconds: int("check_in_seconds"),
    /** Before `lastGen`: MySQL assigns in this order, and an assignment sees those before it. */
    gen: int("gen"),
    lastGen: int("last_gen").notNull(),
    version: int("version").notNull(),
    createdAt: milliseconds("created_at").notNull(),
    updatedAt: milliseconds("updated_at").notNull(),
  },
  (table) => [index("devices_user").on(table.userId, table.id), index("devices_hub").on(table.hubId, table.id)],
);

export const deviceTags = mysqlTable(
  "device_tags",
  {
    userId: id("user_id").notNull(),
    tag: varchar("tag", { length: 255 }).notNull(),
    deviceId: id("device_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.tag, table.deviceId] }),
    index("device_tags_device").on(table.deviceId),
  ],
);

export const appTokens = mysqlTable(
  "app_tokens",
  {
    id: id("id").primaryKey(),
    userId: id("user_id").notNull(),
    hubId: id("hub_id").notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    grants: mediumtext("grants"),
    expiresAt: milliseconds("expires_at"),
    createdAt: milliseconds("created_at").notNull(),
  },
  (table) => [index("app_tokens_user").on(table.userId, table.id), index("app_tokens_hub").on(table.hubId, table.id)],
);

export const outbox = mysqlTable(
  "outbox",
  {
    id: id("id").primaryKey(),
    hubId: id("hub_id").notNull(),
    subject: id("subject").notNull(),
    createdAt: milliseconds("created_at").notNull(),
    attempts: int("attempts").notNull(),
    nextAttemptAt: milliseconds("next_attempt_at").notNull(),
  },
  (table) => [index("outbox_due").on(table.nextAttemptAt)],
);

export const pairings = mysqlTable(
  "pairings",
  {
    deviceCodeHash: varchar("device_code_hash", { length: 255 }).primaryKey(),
    userCodeHash: varchar("user_code_hash", { length: 255 }).notNull().unique(),
    clientId: varchar("client_id", { length: 255 }).notNull(),
    suggestedName: varchar("suggested_name", { length: 255 }),
    country: varchar("country", { length: 8 }),
    status: varchar("status", { length: 16, enum: ["pending", "approved", "denied", "paired"] }).notNull(),
    userId: id("user_id"),
    deviceId: id("device_id"),
    intervalSeconds: int("interval_seconds").notNull(),
    lastPollAt: milliseconds("last_poll_at"),
    createdAt: milliseconds("created_at").notNull(),
    expiresAt: milliseconds("expires_at").notNull(),
  },
  (table) => [index("pairings_expiry").on(table.expiresAt)],
);

export const webhooks = mysqlTable(
  "webhooks",
  {
    id: id("id").primaryKey(),
    userId: id("user_id").notNull(),
    name: varchar("name", { length: 255 }).notNull(),
    url: text("url").notNull(),
    secrets: text("secrets").notNull(),
    disabledAt: milliseconds("disabled_at"),
    disabledReason: varchar("disabled_reason", { length: 255 }),
    failingSince: milliseconds("failing_since"),
    version: int("version").notNull(),
    createdAt: milliseconds("created_at").notNull(),
    updatedAt: milliseconds("updated_at").notNull(),
  },
  (table) => [index("webhooks_user").on(table.userId, table.id)],
);

export const pushSubscriptions = mysqlTable(
  "push_subscriptions",
  {
    id: id("id").primaryKey(),
    userId: id("user_id").notNull(),
    endpointHash: id("endpoint_hash").notNull().unique(),
    endpoint: text("endpoint").notNull(),
    p256dh: varchar("p256dh", { length: 128 }).notNull(),
    auth: varchar("auth", { length: 64 }).notNull(),
    label: varchar("label", { length: 255 }).notNull(),
    createdAt: milliseconds("created_at").notNull(),
  },
  (table) => [index("push_subscriptions_user").on(table.userId, table.id)],
);

export const deliveries = mysqlTable(
  "deliveries",
  {
    id: varchar("id", { length: 128 }).primaryKey(),
    userId: id("user_id").notNull(),
    notificationId: id("notification_id").notNull(),
    kind: varchar("kind", { length: 16, enum: ["email", "push", "webhook"] }).notNull(),
    targetId: id("target_id"),
    title: varchar("title", { length: 255 }).notNull(),
    status: varchar("status", { length: 16, enum: ["pending", "delivered", "failed", "suppressed"] }).notNull(),
    attempts: int("attempts").notNull(),
    httpStatus: int("http_status"),
    detail: varchar("detail", { length: 512 }).notNull(),
    createdAt: milliseconds("created_at").notNull(),
    updatedAt: milliseconds("updated_at").notNull(),
  },
  (table) => [index("deliveries_user").on(table.userId, table.createdAt)],
);
