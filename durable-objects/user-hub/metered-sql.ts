// Storage that counts the rows it reads and writes, as the platform bills them: from the cursors, once they have been used up.
import { counted, type Usage } from "../../src/domain/prices/hub-usage.ts";
import type { Sql, SqlValue } from "./tables/sql.ts";

export class MeteredSql implements Sql {
  /** Not counted: for what counts its own rows. */
  readonly uncounted: Sql;
  /** memory: statements of the present event. Their counts are final when it ends. */
  readonly #cursors: { readonly rowsRead: number; readonly rowsWritten: number }[] = [];

  constructor(sql: Sql) {
    this.uncounted = sql;
  }

  static of(sql: Sql): MeteredSql {
    return sql instanceof MeteredSql ? sql : new MeteredSql(sql);
  }

  exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: unknown[]) {
    const cursor = this.uncounted.exec<Row>(query, ...bindings);
    this.#cursors.push(cursor);
    return cursor;
  }

  get databaseSize(): number {
    return this.uncounted.databaseSize ?? 0;
  }

  /** Whether a statement was run since the last `take`. */
  get hasRun(): boolean {
    return this.#cursors.length > 0;
  }

  /** Adds what was read and written since the last call. */
  take(usage: Usage): void {
    for (const { rowsRead, rowsWritten } of this.#cursors) {
      usage[counted.rowsRead] += rowsRead;
      usage[counted.rowsWritten] += rowsWritten;
    }
    this.#cursors.length = 0;
  }
}
