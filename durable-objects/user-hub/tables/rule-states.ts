// How far a rule is with a device: a row while a stream is beyond its threshold or a device is away, and for each schedule. Written
// when that begins and when it ends, not for the messages between.
import type { Sql } from "./sql.ts";

/** `device_id`: empty for a schedule. Instants are epoch ms; `due_at` null: nothing is to come. */
export const createRuleStates = `CREATE TABLE rule_states (
  rule_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  since INTEGER NOT NULL,
  due_at INTEGER,
  PRIMARY KEY (rule_id, device_id)
) WITHOUT ROWID`;

export interface RuleState {
  ruleId: string;
  deviceId: string;
  since: number;
  dueAt: number | null;
}

export class RuleStatesTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  all(): RuleState[] {
    return this.#sql
      .exec<{ ruleId: string; deviceId: string; since: number; dueAt: number | null }>(
        "SELECT rule_id AS ruleId, device_id AS deviceId, since, due_at AS dueAt FROM rule_states",
      )
      .toArray();
  }

  write({ ruleId, deviceId, since, dueAt }: RuleState): void {
    this.#sql.exec(
      `INSERT INTO rule_states VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET since = excluded.since, due_at = excluded.due_at`,
      ruleId,
      deviceId,
      since,
      dueAt,
    );
  }

  delete(ruleId: string, deviceId: string): void {
    this.#sql.exec("DELETE FROM rule_states WHERE rule_id = ? AND device_id = ?", ruleId, deviceId);
  }
}
