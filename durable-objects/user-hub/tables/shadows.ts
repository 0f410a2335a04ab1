// The shadows of the user's devices: one row each. A deleted one leaves its version behind for a while.
import {
  emptySections,
  type Section,
  type Sections,
  type ShadowDocument,
  sectionNames,
  type Values,
} from "../../../src/domain/shadow/document.ts";
import type { ShadowEntry } from "../../../src/domain/shadow/history.ts";
import type { ShadowRef } from "../../../src/domain/shadow/topics.ts";
import { firstRow, type Sql } from "./sql.ts";

/**
 * `name` is empty for the classic shadow. `document` is JSON, null once deleted; `differs` says whether it has a delta;
 * `changes` counts the changes of what is desired.
 */
export const createShadows = `CREATE TABLE shadows (
  device_id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  differs INTEGER NOT NULL,
  changes INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  document TEXT,
  PRIMARY KEY (device_id, name)
) WITHOUT ROWID`;

/** JSON of what model and tags last gave to what is desired; null: nothing. */
export const addLayer = "ALTER TABLE shadows ADD COLUMN layer TEXT";

export interface StoredShadow extends ShadowRef, ShadowDocument {
  /** What model and tags gave when that was last applied; null: nothing. */
  layer: Values | null;
  differs: boolean;
  changes: number;
  /** Epoch ms. */
  updatedAt: number;
  isDeleted: boolean;
}

export interface ShadowStanding {
  differs: boolean;
  /** JSON. */
  layer: string;
  /** What it says of that in `$rejected`, if it differs. */
  rejected: unknown;
}

type Row = {
  device_id: string;
  name: string;
  version: number;
  differs: number;
  changes: number;
  updated_at: number;
  document: string | null;
  layer: string | null;
};

const pageRows = 50;

export class ShadowsTable {
  readonly #sql: Sql;
  /** Characters of documents read and written since the hub woke: most of the work that is done with them. memory. */
  moved = 0;
  /** Told of each shadow that changes or goes. */
  changed: (deviceId: string) => void = () => {};

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  #shadowOf(row: Row): StoredShadow {
    this.moved += (row.document?.length ?? 0) + (row.layer?.length ?? 0);
    return toShadow(row);
  }

  read({ deviceId, name }: ShadowRef): StoredShadow | null {
    const rows = this.#sql.exec<Row>(
      "SELECT * FROM shadows WHERE device_id = ? AND name = ?",
      deviceId,
      columnOf(name),
    );
    const row = firstRow(rows);
    return row && this.#shadowOf(row);
  }

  /** How a device is with what is desired of it; null: it has no such shadow. Does not read the document if it can. */
  standing({ deviceId, name }: ShadowRef): ShadowStanding | null {
    const rows = this.#sql.exec<{ differs: number; layer: string | null; document: string | null }>(
      `SELECT differs, layer, CASE WHEN differs = 1 AND instr(document, '"$rejected"') > 0 THEN document END AS document
       FROM shadows WHERE device_id = ? AND name = ? AND document IS NOT NULL`,
      deviceId,
      columnOf(name),
    );
    const row = firstRow(rows);
    if (!row) return null;
    const reported = row.document === null ? null : (JSON.parse(row.document) as Encoded).reported;
    return { differs: row.differs === 1, layer: row.layer ?? "{}", rejected: reported?.[0]["$rejected"] };
  }

  ofDevice(deviceId: string): StoredShadow[] {
    return this.#sql
      .exec<Row>("SELECT * FROM shadows WHERE device_id = ? ORDER BY name", deviceId)
      .toArray()
      .map((row) => this.#shadowOf(row));
  }

  /** What a list shows: no documents. */
  list(deviceId: string): ShadowEntry[] {
    return this.#sql
      .exec<Pick<Row, "name" | "version" | "updated_at">>(
        "SELECT name, version, updated_at FROM shadows WHERE device_id = ? AND document IS NOT NULL ORDER BY name",
        deviceId,
      )
      .toArray()
      .map(({ name, version, updated_at: updatedAt }) => ({ name: nameOf(name), version, updatedAt }));
  }

  /** Those with a delta: of one device, or of all. The caller may write meanwhile. */
  *differing(deviceId: string | null): Iterable<StoredShadow> {
    let [afterDevice, afterName] = ["", ""];
    for (;;) {
      const rows = this.#sql
        .exec<Row>(
          `SELECT * FROM shadows WHERE (device_id, name) > (?, ?) AND device_id BETWEEN ? AND ? AND differs = 1
           ORDER BY device_id, name LIMIT ?`,
          afterDevice,
          afterName,
          deviceId ?? "",
          deviceId ?? "\u{10FFFF}",
          pageRows,
        )
        .toArray();
      yield* rows.map((row) => this.#shadowOf(row));
      const last = rows.at(-1);
      if (!last || rows.length < pageRows) return;
      [afterDevice, afterName] = [last.device_id, last.name];
    }
  }

  /** Rows of a device, those of deleted shadows included. */
  count(deviceId: string): number {
    const rows = this.#sql.exec<{ count: number }>(
      "SELECT count(*) AS count FROM shadows WHERE device_id = ?",
      deviceId,
    );
    return firstRow(rows)?.count ?? 0;
  }

  write({ deviceId, name, version, differs, changes, updatedAt, isDeleted, layer, ...sections }: StoredShadow): void {
    const document = isDeleted ? null : encode(sections);
    const layerText = layer && JSON.stringify(layer);
    this.moved += (document?.length ?? 0) + (layerText?.length ?? 0);
    this.changed(deviceId);
    this.#sql.exec(
      `INSERT INTO shadows VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version,
       differs = excluded.differs, changes = excluded.changes, updated_at = excluded.updated_at, document = excluded.document,
       layer = excluded.layer`,
      deviceId,
      columnOf(name),
      version,
      differs ? 1 : 0,
      changes,
      updatedAt,
      document,
      layerText,
    );
  }

  /** Forgets the versions of shadows that were deleted before `instant`. */
  forgetDeleted(deviceId: string, instant: number): void {
    this.#sql.exec(
      "DELETE FROM shadows WHERE device_id = ? AND document IS NULL AND updated_at < ?",
      deviceId,
      instant,
    );
  }

  deleteDevice(deviceId: string): void {
    this.changed(deviceId);
    this.#sql.exec("DELETE FROM shadows WHERE device_id = ?", deviceId);
  }
}

export function columnOf(name: string | null): string {
  return name ?? "";
}

function nameOf(column: string): string | null {
  return column === "" ? null : column;
}

/** A section as `[values, stamps]`. */
type Encoded = Partial<Record<(typeof sectionNames)[number], [Section["values"], Section["stamps"]]>>;

function encode(sections: Sections): string {
  const encoded: Encoded = {};
  for (const name of sectionNames) {
    const section = sections[name];
    if (section) encoded[name] = [section.values, section.stamps];
  }
  return JSON.stringify(encoded);
}

function toShadow(row: Row): StoredShadow {
  const sections = { ...emptySections };
  if (row.document !== null) {
    const encoded = JSON.parse(row.document) as Encoded;
    for (const name of sectionNames) {
      const pair = encoded[name];
      if (pair) sections[name] = { values: pair[0], stamps: pair[1] };
    }
  }
  return {
    deviceId: row.device_id,
    name: nameOf(row.name),
    version: row.version,
    differs: row.differs === 1,
    changes: row.changes,
    updatedAt: row.updated_at,
    isDeleted: row.document === null,
    layer: row.layer === null ? null : (JSON.parse(row.layer) as Values),
    ...sections,
  };
}
