// Every datapoint of streams whose owner asked for it, until it is archived: one row a device and flush.
import type { Sql } from "./sql.ts";

/** `day`: since the epoch. `generation`: that of the archiving which will take it. `packed`: a slot a millisecond. */
export const createStreamRaw = `CREATE TABLE stream_raw (
  device_id TEXT NOT NULL,
  day INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  chunk INTEGER NOT NULL,
  packed BLOB NOT NULL,
  PRIMARY KEY (device_id, day, generation, chunk)
) WITHOUT ROWID`;

export interface RawChunk {
  day: number;
  generation: number;
  packed: Uint8Array;
}

type Row = { day: number; generation: number; packed: ArrayBuffer };

export class StreamRawTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  add(deviceId: string, { day, generation, packed }: RawChunk): void {
    this.#sql.exec(
      `INSERT INTO stream_raw SELECT ?1, ?2, ?3, coalesce(max(chunk), 0) + 1, ?4 FROM stream_raw
       WHERE device_id = ?1 AND day = ?2 AND generation = ?3`,
      deviceId,
      day,
      generation,
      packed,
    );
  }

  /** Those with `from <= day < to`, in order. */
  range(deviceId: string, from: number, to: number): RawChunk[] {
    return this.#sql
      .exec<Row>(
        `SELECT day, generation, packed FROM stream_raw WHERE device_id = ? AND day >= ? AND day < ?
         ORDER BY day, generation, chunk`,
        deviceId,
        from,
        to,
      )
      .toArray()
      .map((row) => ({ ...row, packed: new Uint8Array(row.packed) }));
  }

  /** The days before this one of which there are rows. */
  days(deviceId: string, before: number): number[] {
    return this.#sql
      .exec<{ day: number }>("SELECT DISTINCT day FROM stream_raw WHERE device_id = ? AND day < ?", deviceId, before)
      .toArray()
      .map((row) => row.day);
  }

  devicesBefore(day: number): string[] {
    return this.#sql
      .exec<{ device_id: string }>("SELECT DISTINCT device_id FROM stream_raw WHERE day < ? ORDER BY device_id", day)
      .toArray()
      .map((row) => row.device_id);
  }

  isEmpty(): boolean {
    return this.#sql.exec("SELECT 1 AS one FROM stream_raw LIMIT 1").toArray().length === 0;
  }

  /** Removes those of a day of this generation and earlier ones. */
  delete(deviceId: string, day: number, generation: number): void {
    this.#sql.exec(
      "DELETE FROM stream_raw WHERE device_id = ? AND day = ? AND generation <= ?",
      deviceId,
      day,
      generation,
    );
  }

  deleteAll(deviceId: string): void {
    this.#sql.exec("DELETE FROM stream_raw WHERE device_id = ?", deviceId);
  }
}
