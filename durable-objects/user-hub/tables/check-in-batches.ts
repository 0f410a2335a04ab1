// Reports of devices that poll, on their way to R2: a row for several hundred of them.
import { firstRow, type Sql } from "./sql.ts";

/** `day`: since the epoch; `last_at`: of its last report; `packed`: lines of JSON as gzip. */
export const createCheckInBatches = `CREATE TABLE check_in_batches (
  device_id TEXT NOT NULL,
  day INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  packed BLOB NOT NULL,
  PRIMARY KEY (device_id, day, last_at)
) WITHOUT ROWID`;

export interface StoredBatch {
  day: number;
  lastAt: number;
  packed: Uint8Array;
}

type Row = { day: number; last_at: number; packed: ArrayBuffer };

export class CheckInBatchesTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  add(deviceId: string, { day, lastAt, packed }: StoredBatch): void {
    this.#sql.exec("INSERT INTO check_in_batches VALUES (?, ?, ?, ?)", deviceId, day, lastAt, packed);
  }

  /** Those with `from <= day <= to`, in order. */
  range(deviceId: string, from: number, to: number): StoredBatch[] {
    return this.#sql
      .exec<Row>(
        `SELECT day, last_at, packed FROM check_in_batches WHERE device_id = ? AND day >= ? AND day <= ?
         ORDER BY day, last_at`,
        deviceId,
        from,
        to,
      )
      .toArray()
      .map(({ day, last_at: lastAt, packed }) => ({ day, lastAt, packed: new Uint8Array(packed) }));
  }

  count(deviceId: string, day: number): number {
    const rows = this.#sql.exec<{ count: number }>(
      "SELECT count(*) AS count FROM check_in_batches WHERE device_id = ? AND day = ?",
      deviceId,
      day,
    );
    return firstRow(rows)?.count ?? 0;
  }

  /** Devices and days, before this one, that have rows. */
  before(day: number): { deviceId: string; day: number }[] {
    return this.#sql
      .exec<{ device_id: string; day: number }>(
        "SELECT DISTINCT device_id, day FROM check_in_batches WHERE day < ? ORDER BY device_id, day",
        day,
      )
      .toArray()
      .map((row) => ({ deviceId: row.device_id, day: row.day }));
  }

  isEmpty(): boolean {
    return this.#sql.exec("SELECT 1 AS one FROM check_in_batches LIMIT 1").toArray().length === 0;
  }

  delete(deviceId: string, day: number, upTo: number): void {
    this.#sql.exec(
      "DELETE FROM check_in_batches WHERE device_id = ? AND day = ? AND last_at <= ?",
      deviceId,
      day,
      upTo,
    );
  }

  deleteAll(deviceId: string): void {
    this.#sql.exec("DELETE FROM check_in_batches WHERE device_id = ?", deviceId);
  }
}
