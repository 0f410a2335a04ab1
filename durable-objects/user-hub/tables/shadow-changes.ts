// The last changes of what was desired, for each shadow: a ring of rows, so that a change is one row and none is ever deleted
// one by one.
import type { Values } from "../../../src/domain/shadow/document.ts";
import type { ShadowChange } from "../../../src/domain/shadow/history.ts";
import type { ShadowRef } from "../../../src/domain/shadow/topics.ts";
import { columnOf } from "./shadows.ts";
import { firstRow, type Sql } from "./sql.ts";

/** `desired` is JSON of all that was desired after the change; `author` an id, null when nobody in particular is known. */
export const createShadowChanges = `CREATE TABLE shadow_changes (
  device_id TEXT NOT NULL,
  name TEXT NOT NULL,
  slot INTEGER NOT NULL,
  version INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  author TEXT,
  desired TEXT NOT NULL,
  PRIMARY KEY (device_id, name, slot)
) WITHOUT ROWID`;

/** The configuration that a change comes of; null: none. Before this column was, its id was the author. */
export const addConfiguration = "ALTER TABLE shadow_changes ADD COLUMN configuration TEXT";

type Row = {
  version: number;
  changed_at: number;
  author: string | null;
  desired: string;
  configuration: string | null;
};

/** Changes kept of each shadow. */
export const keptChanges = 20;

export class ShadowChangesTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The latest first. */
  list({ deviceId, name }: ShadowRef): ShadowChange[] {
    return this.#sql
      .exec<Row>(
        `SELECT version, changed_at, author, desired, configuration FROM shadow_changes WHERE device_id = ? AND name = ?
         ORDER BY version DESC`,
        deviceId,
        columnOf(name),
      )
      .toArray()
      .map(({ version, changed_at: changedAt, author, desired, configuration: configurationId }) => ({
        version,
        changedAt,
        author,
        configurationId,
        desired: JSON.parse(desired) as Values,
      }));
  }

  /** 0: there is none. */
  latestVersion({ deviceId, name }: ShadowRef): number {
    const rows = this.#sql.exec<{ version: number | null }>(
      "SELECT max(version) AS version FROM shadow_changes WHERE device_id = ? AND name = ?",
      deviceId,
      columnOf(name),
    );
    return firstRow(rows)?.version ?? 0;
  }

  /** `number` counts the changes of this shadow; it takes the place of the one `keptChanges` before it. */
  write({ deviceId, name }: ShadowRef, number: number, change: ShadowChange): void {
    this.#sql.exec(
      `INSERT INTO shadow_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version,
       changed_at = excluded.changed_at, author = excluded.author, desired = excluded.desired, configuration = excluded.configuration`,
      deviceId,
      columnOf(name),
      number % keptChanges,
      change.version,
      change.changedAt,
      change.author,
      JSON.stringify(change.desired),
      change.configurationId,
    );
  }

  delete({ deviceId, name }: ShadowRef): void {
    this.#sql.exec("DELETE FROM shadow_changes WHERE device_id = ? AND name = ?", deviceId, columnOf(name));
  }

  deleteDevice(deviceId: string): void {
    this.#sql.exec("DELETE FROM shadow_changes WHERE device_id = ?", deviceId);
  }
}
