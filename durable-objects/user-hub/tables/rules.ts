// The rules of the hub's user: a row each, written when the rule is.
import type { Rule } from "../../../src/domain/rules/rule.ts";
import type { Sql } from "./sql.ts";

/** `rule`: JSON. */
export const createRules = `CREATE TABLE rules (id TEXT PRIMARY KEY, rule TEXT NOT NULL) WITHOUT ROWID`;

export class RulesTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The oldest first. */
  all(): Rule[] {
    const rows = this.#sql.exec<{ rule: string }>("SELECT rule FROM rules ORDER BY id").toArray();
    return rows.map(({ rule }) => JSON.parse(rule) as Rule);
  }

  write(rule: Rule): void {
    this.#sql.exec(
      "INSERT INTO rules VALUES (?, ?) ON CONFLICT DO UPDATE SET rule = excluded.rule",
      rule.id,
      JSON.stringify(rule),
    );
  }

  delete(id: string): void {
    this.#sql.exec("DELETE FROM rules WHERE id = ?", id);
  }
}
