// The tables of hubs, devices, app tokens, notices and pairings on MySQL; ../d1/schema.ts says what they hold. Lengths leave
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
