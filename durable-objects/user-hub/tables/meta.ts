// Facts about this hub: the schema it has, and when it took its credentials over from the database.
import { firstRow, type Sql } from "./sql.ts";

type MetaKey = "schemaVersion" | "filledAt" | "streamGeneration" | "streamsArchiveAt";

export const createMeta = `CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID`;

export class MetaTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(key: MetaKey): number | null {
    return firstRow(this.#sql.exec<{ value: number }>("SELECT value FROM meta WHERE key = ?", key))?.value ?? null;
  }

  write(key: MetaKey, value: number): void {
    this.#sql.exec("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value);
  }
}
