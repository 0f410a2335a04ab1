// Subscriptions of live connections that their attachment has no room for.
import type { Subscription } from "../connection.ts";
import type { Sql } from "./sql.ts";

export const createSubscriptions = `CREATE TABLE subscriptions (
  connection_id TEXT NOT NULL,
  topic_filter TEXT NOT NULL,
  options INTEGER NOT NULL,
  PRIMARY KEY (connection_id, topic_filter)
) WITHOUT ROWID`;

export class SubscriptionsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(connectionId: string): Subscription[] {
    const rows = this.#sql.exec<{ topic_filter: string; options: number }>(
      "SELECT topic_filter, options FROM subscriptions WHERE connection_id = ?",
      connectionId,
    );
    return rows.toArray().map((row) => [row.topic_filter, row.options]);
  }

  write(connectionId: string, [topicFilter, options]: Subscription): void {
    this.#sql.exec(
      `INSERT INTO subscriptions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET options = excluded.options
       WHERE excluded.options <> options`,
      connectionId,
      topicFilter,
      options,
    );
  }

  delete(connectionId: string, topicFilter: string): void {
    this.#sql.exec("DELETE FROM subscriptions WHERE connection_id = ? AND topic_filter = ?", connectionId, topicFilter);
  }
}
