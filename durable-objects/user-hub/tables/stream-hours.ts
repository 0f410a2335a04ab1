// The minutes of finished hours, until they are archived: one row a device and hour. What comes late, after an archiving has
// begun, goes into a row of its own, with a later generation.
import { firstRow, type Sql } from "./sql.ts";

/** `hour`: since the epoch. `generation`: that of the archiving which will take it. */
export const createStreamHours = `CREATE TABLE stream_hours (
  device_id TEXT NOT NULL,
  hour INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  packed BLOB NOT NULL,
  PRIMARY KEY (device_id, hour, generation)
) WITHOUT ROWID`;

export interface StreamHour {
  hour: number;
  generation: number;
  packed: Uint8Array;
}

type Row = { hour: number; generation: number; packed: ArrayBuffer };

export class StreamHoursTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(deviceId: string, hour: number, generation: number): Uint8Array | null {
    const rows = this.#sql.exec<{ packed: ArrayBuffer }>(
      "SELECT packed FROM stream_hours WHERE device_id = ? AND hour = ? AND generation = ?",
      deviceId,
      hour,
      generation,
    );
    const row = firstRow(rows);
    return row && new Uint8Array(row.packed);
  }

  write(deviceId: string, { hour, generation, packed }: StreamHour): void {
    this.#sql.exec(
      "INSERT INTO stream_hours VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET packed = excluded.packed",
      deviceId,
      hour,
      generation,
      packed,
    );
  }

  /** Those with `from <= hour < to`, in order. */
  range(deviceId: string, from: number, to: number): StreamHour[] {
    return this.#sql
      .exec<Row>(
        `SELECT hour, generation, packed FROM stream_hours WHERE device_id = ? AND hour >= ? AND hour < ?
         ORDER BY hour, generation`,
        deviceId,
        from,
        to,
      )
      .toArray()
      .map((row) => ({ ...row, packed: new Uint8Array(row.packed) }));
  }

  /** The days of which a device has rows. */
  days(deviceId: string): number[] {
    return this.#sql
      .exec<{ day: number }>("SELECT DISTINCT hour / 24 AS day FROM stream_hours WHERE device_id = ?", deviceId)
      .toArray()
      .map((row) => row.day);
  }

  /** Devices that have rows of hours before this one. */
  devicesBefore(hour: number): string[] {
    return this.#sql
      .exec<{ device_id: string }>(
        "SELECT DISTINCT device_id FROM stream_hours WHERE hour < ? ORDER BY device_id",
        hour,
      )
      .toArray()
      .map((row) => row.device_id);
  }

  /** The first hour from this one on of which there is a row; null: none. */
  first(deviceId: string, from = 0): number | null {
    const rows = this.#sql.exec<{ hour: number | null }>(
      "SELECT min(hour) AS hour FROM stream_hours WHERE device_id = ? AND hour >= ?",
      deviceId,
      from,
    );
    return firstRow(rows)?.hour ?? null;
  }

  isEmpty(): boolean {
    return this.#sql.exec("SELECT 1 AS one FROM stream_hours LIMIT 1").toArray().length === 0;
  }

  /** Removes those with `from <= hour < to` of this generation and earlier ones. */
  delete(deviceId: string, from: number, to: number, generation: number): void {
    this.#sql.exec(
      "DELETE FROM stream_hours WHERE device_id = ? AND hour >= ? AND hour < ? AND generation <= ?",
      deviceId,
      from,
      to,
      generation,
    );
  }

  deleteAll(deviceId: string): void {
    this.#sql.exec("DELETE FROM stream_hours WHERE device_id = ?", deviceId);
  }
}
