// Notifications that rules made and the queue does not have yet: a row each, for as long as that takes.
import type { Notification } from "../../../src/domain/notifications.ts";
import type { Sql } from "./sql.ts";

/** `notification`: JSON. `next_attempt_at`: epoch ms. */
export const createRuleOutbox = `CREATE TABLE rule_outbox (
  id TEXT PRIMARY KEY,
  rule_id TEXT NOT NULL,
  notification TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL
) WITHOUT ROWID`;

export interface Waiting {
  notification: Notification;
  attempts: number;
}

export class RuleOutboxTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  add(notification: Notification, nextAttemptAt: number): void {
    this.#sql.exec(
      "INSERT INTO rule_outbox VALUES (?, ?, ?, 0, ?)",
      notification.notificationId,
      notification.ruleId,
      JSON.stringify(notification),
      nextAttemptAt,
    );
  }

  /** Those that are due, the oldest first. */
  due(now: number, limit: number): Waiting[] {
    return this.#sql
      .exec<{ notification: string; attempts: number }>(
        "SELECT notification, attempts FROM rule_outbox WHERE next_attempt_at <= ? ORDER BY id LIMIT ?",
        now,
        limit,
      )
      .toArray()
      .map(({ notification, attempts }) => ({ notification: JSON.parse(notification) as Notification, attempts }));
  }

  /** When the next is due; null: nothing waits. */
  nextAt(): number | null {
    const [row] = this.#sql.exec<{ at: number | null }>("SELECT MIN(next_attempt_at) AS at FROM rule_outbox").toArray();
    return row?.at ?? null;
  }

  postpone(id: string, nextAttemptAt: number): void {
    this.#sql.exec(
      "UPDATE rule_outbox SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ?",
      nextAttemptAt,
      id,
    );
  }

  delete(id: string): void {
    this.#sql.exec("DELETE FROM rule_outbox WHERE id = ?", id);
  }

  deleteOf(ruleId: string): void {
    this.#sql.exec("DELETE FROM rule_outbox WHERE rule_id = ?", ruleId);
  }
}
