// When a device's last connection ended: one row a device, written when a connection ends. What the meter has counted of the
// device since its last own row travels with it.
import { firstRow, type Sql } from "./sql.ts";

export const createLastSeen = `CREATE TABLE last_seen (
  device_id TEXT PRIMARY KEY,
  last_seen_at INTEGER NOT NULL
) WITHOUT ROWID`;

/** Gives what is to travel with a device's row, beside what already does. */
export type Carry = (deviceId: string, present: string | null) => string | null;

export class LastSeenTable {
  readonly #sql: Sql;
  readonly #carry: Carry;

  constructor(sql: Sql, carry: Carry) {
    this.#sql = sql;
    this.#carry = carry;
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
    const query = "SELECT unfolded FROM last_seen WHERE device_id = ?";
    const present = firstRow(this.#sql.exec<{ unfolded: string | null }>(query, deviceId))?.unfolded ?? null;
    this.#sql.exec(
      `INSERT INTO last_seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE
       SET last_seen_at = MAX(last_seen_at, excluded.last_seen_at), unfolded = excluded.unfolded`,
      deviceId,
      lastSeenAt,
      this.#carry(deviceId, present),
    );
  }

  /** What travels with the devices' rows. */
  *unfolded(): Iterable<{ deviceId: string; unfolded: string }> {
    yield* this.#sql.exec<{ deviceId: string; unfolded: string }>(
      "SELECT device_id AS deviceId, unfolded FROM last_seen WHERE unfolded IS NOT NULL",
    );
  }
}
