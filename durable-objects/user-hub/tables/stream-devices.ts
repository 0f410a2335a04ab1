// What the streams of a device are at: one row a device, with the last value of each stream and the minutes of its latest hour.
// One row, so that a flush writes one. What was metered of a device without a connection travels with it.
import type { StreamValue } from "../../../src/domain/streams/values.ts";
import type { Carry } from "./last-seen.ts";
import { firstRow, type Sql } from "./sql.ts";

/** `hour`: since the epoch. `packed`: its minutes. `last`: JSON, `[value, at]` by name. */
export const createStreamDevices = `CREATE TABLE stream_devices (
  device_id TEXT PRIMARY KEY,
  hour INTEGER NOT NULL,
  packed BLOB NOT NULL,
  last TEXT NOT NULL
) WITHOUT ROWID`;

/** `reports`: what the device reported by polling and no batch has yet; see checkins/report-log.ts. */
export const addReports = "ALTER TABLE stream_devices ADD COLUMN reports BLOB";

type Row = {
  device_id: string;
  hour: number;
  packed: ArrayBuffer;
  last: string;
  reports: ArrayBuffer | null;
  unfolded: string | null;
};

export type StoredLast = [value: StreamValue | null, at: number];

export interface StreamDevice {
  deviceId: string;
  hour: number;
  packed: Uint8Array;
  last: Map<string, StoredLast>;
  reports: Uint8Array | null;
  /** Counts of the meter; see usage.ts. */
  unfolded: string | null;
}

export class StreamDevicesTable {
  readonly #sql: Sql;
  readonly #carry: Carry;

  constructor(sql: Sql, carry: Carry) {
    this.#sql = sql;
    this.#carry = carry;
  }

  read(deviceId: string): StreamDevice | null {
    const row = firstRow(this.#sql.exec<Row>("SELECT * FROM stream_devices WHERE device_id = ?", deviceId));
    return row && toDevice(row);
  }

  /** The last values alone. */
  readLast(deviceId: string): Map<string, StoredLast> | null {
    const rows = this.#sql.exec<{ last: string }>("SELECT last FROM stream_devices WHERE device_id = ?", deviceId);
    const row = firstRow(rows);
    return row && parseLast(row.last);
  }

  deviceIds(): string[] {
    const rows = this.#sql.exec<{ device_id: string }>("SELECT device_id FROM stream_devices ORDER BY device_id");
    return rows.toArray().map((row) => row.device_id);
  }

  /** Devices whose latest hour is before this one. */
  before(hour: number): StreamDevice[] {
    return this.#sql
      .exec<Row>("SELECT * FROM stream_devices WHERE hour > 0 AND hour < ? ORDER BY device_id", hour)
      .toArray()
      .map(toDevice);
  }

  /** Whether any has minutes of an hour. */
  hasHours(): boolean {
    return this.#sql.exec("SELECT 1 AS one FROM stream_devices WHERE hour > 0 LIMIT 1").toArray().length > 0;
  }

  count(): number {
    return firstRow(this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM stream_devices"))?.count ?? 0;
  }

  write({ deviceId, hour, packed, last, reports, unfolded }: StreamDevice): void {
    this.#sql.exec(
      `INSERT INTO stream_devices VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET hour = excluded.hour,
       packed = excluded.packed, last = excluded.last, reports = excluded.reports, unfolded = excluded.unfolded`,
      deviceId,
      hour,
      packed,
      JSON.stringify(Object.fromEntries(last)),
      reports,
      this.#carry(deviceId, unfolded),
    );
  }

  readReports(deviceId: string): Uint8Array | null {
    const rows = this.#sql.exec<Pick<Row, "reports">>(
      "SELECT reports FROM stream_devices WHERE device_id = ?",
      deviceId,
    );
    const reports = firstRow(rows)?.reports ?? null;
    return reports && new Uint8Array(reports);
  }

  withReports(): { deviceId: string; reports: Uint8Array }[] {
    return this.#sql
      .exec<{ device_id: string; reports: ArrayBuffer }>(
        "SELECT device_id, reports FROM stream_devices WHERE reports IS NOT NULL ORDER BY device_id",
      )
      .toArray()
      .map((row) => ({ deviceId: row.device_id, reports: new Uint8Array(row.reports) }));
  }

  hasReports(): boolean {
    return this.#sql.exec("SELECT 1 AS one FROM stream_devices WHERE reports IS NOT NULL LIMIT 1").toArray().length > 0;
  }

  clearReports(deviceId: string): void {
    this.#sql.exec("UPDATE stream_devices SET reports = NULL WHERE device_id = ?", deviceId);
  }

  delete(deviceId: string): void {
    this.#sql.exec("DELETE FROM stream_devices WHERE device_id = ?", deviceId);
  }
}

function toDevice(row: Row): StreamDevice {
  return {
    deviceId: row.device_id,
    hour: row.hour,
    packed: new Uint8Array(row.packed),
    last: parseLast(row.last),
    reports: row.reports && new Uint8Array(row.reports),
    unfolded: row.unfolded,
  };
}

function parseLast(json: string): Map<string, StoredLast> {
  return new Map(Object.entries(JSON.parse(json) as Record<string, StoredLast>));
}
