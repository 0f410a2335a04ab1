// The tables of dashboards, their shares and people's preferences, and of accounts that are being deleted, on D1.
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const dashboards = sqliteTable(
  "dashboards",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    hubId: text("hub_id").notNull(),
    title: text("title").notNull(),
    icon: text("icon"),
    /** JSON array. */
    widgets: text("widgets").notNull(),
    /** JSON: what the widgets need of the hub. */
    grants: text("grants").notNull(),
    /** Where it stands among the person's; those of equal ones are in order of creation. */
    position: integer("position").notNull(),
    version: integer("version").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("dashboards_user").on(table.userId, table.position, table.id)],
);

/** Also a credential of the hub: a share that was revoked has no row. */
export const dashboardShares = sqliteTable(
  "dashboard_shares",
  {
    id: text("id").primaryKey(),
    dashboardId: text("dashboard_id").notNull(),
    /** The owner. */
    userId: text("user_id").notNull(),
    hubId: text("hub_id").notNull(),
    rights: text("rights", { enum: ["view", "control"] }).notNull(),
    /** Of a share with a person, in lower case; null: a link. */
    email: text("email"),
    /** Whose share it is; null: a link, or nobody with that address has come yet. */
    personId: text("person_id"),
    /** SHA-256 of a link's secret. */
    secretHash: text("secret_hash"),
    label: text("label"),
    version: integer("version").notNull(),
    /** The outbox row by which the hub hears of its end, made beforehand because one statement ends many. */
    noticeId: text("notice_id").notNull(),
    expiresAt: integer("expires_at"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("dashboard_shares_person").on(table.dashboardId, table.email),
    index("dashboard_shares_with").on(table.personId, table.id),
    index("dashboard_shares_email").on(table.email),
    index("dashboard_shares_hub").on(table.hubId, table.id),
    index("dashboard_shares_user").on(table.userId),
  ],
);

export const preferences = sqliteTable("preferences", {
  userId: text("user_id").primaryKey(),
  /** JSON object. */
  value: text("value").notNull(),
  version: integer("version").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** What is left of an account: what is still to be removed, and for a while that it was. */
export const accountDeletions = sqliteTable(
  "account_deletions",
  {
    id: text("id").primaryKey(),
    /** Null once everything is removed. */
    userId: text("user_id"),
    hubId: text("hub_id"),
    /** How many times everything was gone over. */
    passes: integer("passes").notNull(),
    /** How many steps of the present pass are done. */
    steps: integer("steps").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When the next pass may begin, or when a job that was lost is sent again. */
    nextAttemptAt: integer("next_attempt_at").notNull(),
    doneAt: integer("done_at"),
  },
  (table) => [index("account_deletions_due").on(table.nextAttemptAt), index("account_deletions_user").on(table.userId)],
);
