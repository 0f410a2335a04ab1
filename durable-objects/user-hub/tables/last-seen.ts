// When a device's last connection ended: one row a device, written when a connection ends.
import { firstRow, type Sql } from "./sql.ts";

export const createLastSeen = `CREATE TABLE last_seen (
  device_id TEXT PRIMARY KEY,
  last_seen_at INTEGER NOT NULL
) WITHOUT ROWID`;

export class LastSeenTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Epoch ms, or null for a device whose connection never ended. */
  read(deviceId: string): number | null {
    const rows = this.#sql.exec<{ last_seen_at: number }>(
      "SELECT last_seen_at FROM last_seen WHERE device_id = ?",
      deviceId,
    );
    return firstRow(rows)?.last_seen_at ?? null;
  }

  write(deviceId: string, lastSeenAt: number): void {
    this.#sql.exec(
      `INSERT INTO last_seen VALUES (?, ?) ON CONFLICT DO UPDATE SET last_seen_at = excluded.last_seen_at
       WHERE excluded.last_seen_at > last_seen_at`,
      deviceId,
      lastSeenAt,
    );
  }
}
