// The table of exports on MySQL; ../d1/export-schema.ts says what it holds.
import { bigint, index, int, mediumtext, mysqlTable, text, varchar } from "drizzle-orm/mysql-core";
import { id, milliseconds } from "./auth-schema.ts";

export const exports = mysqlTable(
  "exports",
  {
    id: id("id").primaryKey(),
    userId: id("user_id").notNull(),
    activeFor: id("active_for").unique(),
    status: varchar("status", { length: 16, enum: ["pending", "running", "done", "failed"] }).notNull(),
    state: mediumtext("state").notNull(),
    bytes: bigint("bytes", { mode: "number" }).notNull(),
    partsDone: int("parts_done").notNull(),
    partsKnown: int("parts_known").notNull(),
    attempts: int("attempts").notNull(),
    lease: id("lease"),
    error: text("error"),
    dueAt: milliseconds("due_at").notNull(),
    createdAt: milliseconds("created_at").notNull(),
    finishedAt: milliseconds("finished_at"),
  },
  (table) => [index("exports_user").on(table.userId, table.id), index("exports_due").on(table.dueAt)],
);
