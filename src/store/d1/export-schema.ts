// The table of exports on D1.
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const exports = sqliteTable(
  "exports",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** The user's id while it is being made, so that there is one at a time; null: it is over. */
    activeFor: text("active_for").unique(),
    status: text("status", { enum: ["pending", "running", "done", "failed"] }).notNull(),
    /** JSON. */
    state: text("state").notNull(),
    /** Of the file so far. */
    bytes: integer("bytes").notNull(),
    partsDone: integer("parts_done").notNull(),
    partsKnown: integer("parts_known").notNull(),
    /** At the present step. */
    attempts: integer("attempts").notNull(),
    /** Who works on it; null: nobody. */
    lease: text("lease"),
    /** For its owner. */
    error: text("error"),
    /** While it is being made: when it counts as forgotten. Afterwards: when it is removed. */
    dueAt: integer("due_at").notNull(),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
  },
  (table) => [index("exports_user").on(table.userId, table.id), index("exports_due").on(table.dueAt)],
);
