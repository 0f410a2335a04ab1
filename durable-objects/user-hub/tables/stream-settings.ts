// What the owner says about streams: one row for each that has a unit or a label.
import type { Sql } from "./sql.ts";

export const createStreamSettings = `CREATE TABLE stream_settings (
  device_id TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT,
  label TEXT,
  PRIMARY KEY (device_id, name)
) WITHOUT ROWID`;

export type StreamSetting = { name: string; unit: string | null; label: string | null };

export class StreamSettingsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** By name. */
  read(deviceId: string): Map<string, StreamSetting> {
    const rows = this.#sql.exec<StreamSetting>(
      "SELECT name, unit, label FROM stream_settings WHERE device_id = ?",
      deviceId,
    );
    return new Map(rows.toArray().map((row) => [row.name, row]));
  }

  write(deviceId: string, { name, unit, label }: StreamSetting): void {
    this.#sql.exec(
      "INSERT INTO stream_settings VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET unit = excluded.unit, label = excluded.label",
      deviceId,
      name,
      unit,
      label,
    );
  }

  deleteAll(deviceId: string): void {
    this.#sql.exec("DELETE FROM stream_settings WHERE device_id = ?", deviceId);
  }
}
