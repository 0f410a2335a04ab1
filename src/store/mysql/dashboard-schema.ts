// The tables of dashboards, shares, preferences and account deletions on MySQL; ../d1/dashboard-schema.ts says what they hold.
import { index, int, mediumtext, mysqlTable, text, uniqueIndex, varchar } from "drizzle-orm/mysql-core";
import { id, milliseconds } from "./auth-schema.ts";

export const dashboards = mysqlTable(
  "dashboards",
  {
    id: id("id").primaryKey(),
    userId: id("user_id").notNull(),
    hubId: id("hub_id").notNull(),
    title: varchar("title", { length: 255 }).notNull(),
    icon: varchar("icon", { length: 255 }),
    widgets: mediumtext("widgets").notNull(),
    grants: mediumtext("grants").notNull(),
    position: int("position").notNull(),
    version: int("version").notNull(),
    createdAt: milliseconds("created_at").notNull(),
    updatedAt: milliseconds("updated_at").notNull(),
  },
  (table) => [index("dashboards_user").on(table.userId, table.position, table.id)],
);

export const dashboardShares = mysqlTable(
  "dashboard_shares",
  {
    id: id("id").primaryKey(),
    dashboardId: id("dashboard_id").notNull(),
    userId: id("user_id").notNull(),
    hubId: id("hub_id").notNull(),
    rights: varchar("rights", { length: 16, enum: ["view", "control"] }).notNull(),
    email: varchar("email", { length: 255 }),
    personId: id("person_id"),
    secretHash: varchar("secret_hash", { length: 255 }),
    label: varchar("label", { length: 255 }),
    version: int("version").notNull(),
    noticeId: id("notice_id").notNull(),
    expiresAt: milliseconds("expires_at"),
    createdAt: milliseconds("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("dashboard_shares_person").on(table.dashboardId, table.email),
    index("dashboard_shares_with").on(table.personId, table.id),
    index("dashboard_shares_email").on(table.email),
    index("dashboard_shares_hub").on(table.hubId, table.id),
    index("dashboard_shares_user").on(table.userId),
  ],
);

export const preferences = mysqlTable("preferences", {
  userId: id("user_id").primaryKey(),
  value: text("value").notNull(),
  version: int("version").notNull(),
  updatedAt: milliseconds("updated_at").notNull(),
});

export const accountDeletions = mysqlTable(
  "account_deletions",
  {
    id: id("id").primaryKey(),
    userId: id("user_id"),
    hubId: id("hub_id"),
    passes: int("passes").notNull(),
    steps: int("steps").notNull(),
    createdAt: milliseconds("created_at").notNull(),
    nextAttemptAt: milliseconds("next_attempt_at").notNull(),
    doneAt: milliseconds("done_at"),
  },
  (table) => [index("account_deletions_due").on(table.nextAttemptAt), index("account_deletions_user").on(table.userId)],
);
