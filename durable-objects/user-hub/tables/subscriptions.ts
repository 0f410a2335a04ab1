// Subscriptions of sessions that outlive their connection, and those of others that the attachment has no room for.
import type { Subscription } from "../broker/session.ts";
import type { Sql } from "./sql.ts";

/** `options` as packed by the subscription index, with the granted QoS and the subscription identifier. */
export const createSubscriptions = `CREATE TABLE session_subscriptions (
  session_key TEXT NOT NULL,
  topic_filter TEXT NOT NULL,
  options INTEGER NOT NULL,
  PRIMARY KEY (session_key, topic_filter)
) WITHOUT ROWID`;

export class SubscriptionsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(sessionKey: string): Subscription[] {
    const rows = this.#sql.exec<{ topic_filter: string; options: number }>(
      "SELECT topic_filter, options FROM session_subscriptions WHERE session_key = ?",
      sessionKey,
    );
    return rows.toArray().map((row) => [row.topic_filter, row.options]);
  }

  /** Of all sessions. */
  all(): { sessionKey: string; topicFilter: string; options: number }[] {
    return this.#sql
      .exec<{ session_key: string; topic_filter: string; options: number }>("SELECT * FROM session_subscriptions")
      .toArray()
      .map((row) => ({ sessionKey: row.session_key, topicFilter: row.topic_filter, options: row.options }));
  }

  write(sessionKey: string, [topicFilter, options]: Subscription): void {
    this.#sql.exec(
      `INSERT INTO session_subscriptions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET options = excluded.options
       WHERE excluded.options <> options`,
      sessionKey,
      topicFilter,
      options,
    );
  }

  delete(sessionKey: string, topicFilter: string): void {
    this.#sql.exec(
      "DELETE FROM session_subscriptions WHERE session_key = ? AND topic_filter = ?",
      sessionKey,
      topicFilter,
    );
  }

  deleteAll(sessionKey: string): void {
    this.#sql.exec("DELETE FROM session_subscriptions WHERE session_key = ?", sessionKey);
  }
}
