// The tables of people and their sessions on MySQL; see ../d1/auth-schema.ts. Instants are whole milliseconds here too.
import { bigint, boolean, customType, index, mysqlTable, text, varchar } from "drizzle-orm/mysql-core";

const instant = customType<{ data: Date; driverData: number | string }>({
  dataType: () => "bigint",
  toDriver: (date) => date.getTime(),
  fromDriver: (milliseconds) => new Date(Number(milliseconds)),
});

export const id = (name: string) => varchar(name, { length: 64 });
export const milliseconds = (name: string) => bigint(name, { mode: "number" });

export const users = mysqlTable("users", {
  id: id("id").primaryKey(),
  name: varchar("name", { length: 255 }).notNull(),
  email: varchar("email", { length: 255 }).notNull().unique(),
  emailVerified: boolean("email_verified").notNull(),
  image: text("image"),
  createdAt: instant("created_at").notNull(),
  updatedAt: instant("updated_at").notNull(),
});

export const sessions = mysqlTable(
  "sessions",
  {
    id: id("id").primaryKey(),
    token: varchar("token", { length: 255 }).notNull().unique(),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    expiresAt: instant("expires_at").notNull(),
    ipAddress: varchar("ip_address", { length: 64 }),
    userAgent: text("user_agent"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [index("sessions_user").on(table.userId)],
);

export const accounts = mysqlTable(
  "accounts",
  {
    id: id("id").primaryKey(),
    accountId: varchar("account_id", { length: 255 }).notNull(),
    providerId: varchar("provider_id", { length: 255 }).notNull(),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: instant("access_token_expires_at"),
    refreshTokenExpiresAt: instant("refresh_token_expires_at"),
    scope: text("scope"),
    password: varchar("password", { length: 255 }),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [
    index("accounts_user").on(table.userId),
    index("accounts_elsewhere").on(table.accountId, table.providerId),
  ],
);

export const verifications = mysqlTable(
  "verifications",
  {
    id: id("id").primaryKey(),
    identifier: varchar("identifier", { length: 255 }).notNull(),
    value: text("value").notNull(),
    expiresAt: instant("expires_at").notNull(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [index("verifications_identifier").on(table.identifier)],
);
