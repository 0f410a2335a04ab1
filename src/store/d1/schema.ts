// The tables of hubs, devices, app tokens, notices to hubs and notifications on D1. Times are epoch milliseconds made in code, JSON is text
// that no query looks into.
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const hubs = sqliteTable("hubs", {
  id: text("id").primaryKey(),
  userId: text("user_id").notNull().unique(),
  /** When the hub first ran and read its list of credentials; null: it has none to be told about. */
  startedAt: integer("started_at"),
  createdAt: integer("created_at").notNull(),
});

export const devices = sqliteTable(
  "devices",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    hubId: text("hub_id").notNull(),
    name: text("name").notNull(),
    /** The name in lower case, for the filter: back ends disagree about case. */
    nameKey: text("name_key").notNull(),
    model: text("model"),
    /** JSON array; `device_tags` is its index. */
    tags: text("tags").notNull(),
    attributes: text("attributes").notNull(),
    grants: text("grants").notNull(),
    /** How often it is to check in; null: as the deployment says. */
    checkInSeconds: integer("check_in_seconds"),
    /** The generation that is admitted; null: none. */
    gen: integer("gen"),
    /** Counts the credentials ever issued. */
    lastGen: integer("last_gen").notNull(),
    version: integer("version").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("devices_user").on(table.userId, table.id), index("devices_hub").on(table.hubId, table.id)],
);

export const deviceTags = sqliteTable(
  "device_tags",
  {
    userId: text("user_id").notNull(),
    tag: text("tag").notNull(),
    deviceId: text("device_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.tag, table.deviceId] }),
    index("device_tags_device").on(table.deviceId),
  ],
);

/** A revoked app token has no row. */
export const appTokens = sqliteTable(
  "app_tokens",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    hubId: text("hub_id").notNull(),
    name: text("name").notNull(),
    /** JSON; null: it may use the whole namespace. */
    grants: text("grants"),
    expiresAt: integer("expires_at"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("app_tokens_user").on(table.userId, table.id), index("app_tokens_hub").on(table.hubId, table.id)],
);

/** Which hub has yet to hear of which credential. Committed with the change, deleted when the hub has been told. */
export const outbox = sqliteTable(
  "outbox",
  {
    id: text("id").primaryKey(),
    hubId: text("hub_id").notNull(),
    subject: text("subject").notNull(),
    createdAt: integer("created_at").notNull(),
    attempts: integer("attempts").notNull(),
    nextAttemptAt: integer("next_attempt_at").notNull(),
  },
  (table) => [index("outbox_due").on(table.nextAttemptAt)],
);

/** A device that asks to be paired (RFC 8628). Codes are stored as keyed hashes; rows are removed soon after they expire. */
export const pairings = sqliteTable(
  "pairings",
  {
    deviceCodeHash: text("device_code_hash").primaryKey(),
    userCodeHash: text("user_code_hash").notNull().unique(),
    /** The model or firmware the device says it is. */
    clientId: text("client_id").notNull(),
    suggestedName: text("suggested_name"),
    /** ISO two letters, of the address it asked from. */
    country: text("country"),
    status: text("status", { enum: ["pending", "approved", "denied", "paired"] }).notNull(),
    /** Who decided; null: nobody yet. */
    userId: text("user_id"),
    /** What was approved. */
    deviceId: text("device_id"),
    /** Seconds the device has to wait between two polls. */
    intervalSeconds: integer("interval_seconds").notNull(),
    lastPollAt: integer("last_poll_at"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("pairings_expiry").on(table.expiresAt)],
);

/** An address of the user's that is told over HTTP. Its secrets are derived and not stored. */
export const webhooks = sqliteTable(
  "webhooks",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    name: text("name").notNull(),
    url: text("url").notNull(),
    /** JSON array of what names the secrets that sign, the newest first. */
    secrets: text("secrets").notNull(),
    /** Null: in use. */
    disabledAt: integer("disabled_at"),
    /** For its owner; null: disabled by the owner, or in use. */
    disabledReason: text("disabled_reason"),
    /** Since when every delivery has failed. */
    failingSince: integer("failing_since"),
    version: integer("version").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("webhooks_user").on(table.userId, table.id)],
);

/** A browser that takes web push. Its keys can only encrypt for it. */
export const pushSubscriptions = sqliteTable(
  "push_subscriptions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** SHA-256 of the endpoint: a browser is one person's at a time. */
    endpointHash: text("endpoint_hash").notNull().unique(),
    endpoint: text("endpoint").notNull(),
    p256dh: text("p256dh").notNull(),
    auth: text("auth").notNull(),
    label: text("label").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("push_subscriptions_user").on(table.userId, table.id)],
);

/** What became of one notification by one channel. */
export const deliveries = sqliteTable(
  "deliveries",
  {
    /** Made of notification and target, so that a repetition finds it. */
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    notificationId: text("notification_id").notNull(),
    kind: text("kind", { enum: ["email", "push", "webhook"] }).notNull(),
    /** The webhook or the browser's subscription. */
    targetId: text("target_id"),
    title: text("title").notNull(),
    status: text("status", { enum: ["pending", "delivered", "failed", "suppressed"] }).notNull(),
    attempts: integer("attempts").notNull(),
    /** Of the last answer. */
    httpStatus: integer("http_status"),
    detail: text("detail").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("deliveries_user").on(table.userId, table.createdAt)],
);
