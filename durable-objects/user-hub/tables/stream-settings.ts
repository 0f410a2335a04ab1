// What the owner says about streams: one row for each that has a unit, a label or a raw history.
import type { Sql } from "./sql.ts";

export const createStreamSettings = `CREATE TABLE stream_settings (
  device_id TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT,
  label TEXT,
  PRIMARY KEY (device_id, name)
) WITHOUT ROWID`;

export const addRawHistory = "ALTER TABLE stream_settings ADD COLUMN raw INTEGER NOT NULL DEFAULT 0";

export type StreamSetting = { name: string; unit: string | null; label: string | null; raw: number };

export class StreamSettingsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** By name. */
  read(deviceId: string): Map<string, StreamSetting> {
    const rows = this.#sql.exec<StreamSetting>(
      "SELECT name, unit, label, raw FROM stream_settings WHERE device_id = ?",
      deviceId,
    );
    return new Map(rows.toArray().map((row) => [row.name, row]));
  }

  write(deviceId: string, { name, unit, label, raw }: StreamSetting): void {
    this.#sql.exec(
      `INSERT INTO stream_settings (device_id, name, unit, label, raw) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       unit = excluded.unit, label = excluded.label, raw = excluded.raw`,
      deviceId,
      name,
      unit,
      label,
      raw,
    );
  }

  /** `{deviceId}/{name}` of all streams whose every datapoint is kept. */
  rawKeys(): Set<string> {
    const rows = this.#sql.exec<{ device_id: string; name: string }>(
      "SELECT device_id, name FROM stream_settings WHERE raw = 1",
    );
    return new Set(rows.toArray().map((row) => `${row.device_id}/${row.name}`));
  }

  deleteAll(deviceId: string): void {
    this.#sql.exec("DELETE FROM stream_settings WHERE device_id = ?", deviceId);
  }
}
