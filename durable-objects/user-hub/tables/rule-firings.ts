// The logs of rules: a row each, written when the rule fires and when a delivery it caused is settled.
import type { Firing } from "../../../src/domain/rules/firing.ts";
import { firstRow, type Sql } from "./sql.ts";

/** `entries`: a JSON array, the oldest first. `last_fired_at`: epoch ms. */
export const createRuleFirings = `CREATE TABLE rule_firings (
  rule_id TEXT PRIMARY KEY,
  entries TEXT NOT NULL,
  last_fired_at INTEGER
) WITHOUT ROWID`;

export class RuleFiringsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(ruleId: string): Firing[] {
    const rows = this.#sql.exec<{ entries: string }>("SELECT entries FROM rule_firings WHERE rule_id = ?", ruleId);
    return JSON.parse(firstRow(rows)?.entries ?? "[]") as Firing[];
  }

  lastFiredAt(): Map<string, number | null> {
    const rows = this.#sql.exec<{ rule_id: string; last_fired_at: number | null }>(
      "SELECT rule_id, last_fired_at FROM rule_firings",
    );
    return new Map(rows.toArray().map((row) => [row.rule_id, row.last_fired_at]));
  }

  /** `firedAt`: null leaves the time as it is. */
  write(ruleId: string, entries: readonly Firing[], firedAt: number | null): void {
    this.#sql.exec(
      `INSERT INTO rule_firings VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
       entries = excluded.entries, last_fired_at = COALESCE(excluded.last_fired_at, last_fired_at)`,
      ruleId,
      JSON.stringify(entries),
      firedAt,
    );
  }

  delete(ruleId: string): void {
    this.#sql.exec("DELETE FROM rule_firings WHERE rule_id = ?", ruleId);
  }
}
