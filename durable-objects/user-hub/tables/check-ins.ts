// Devices that poll: one row each, written when something about the device changed, else every few minutes at most.
import type { LastCheckIn } from "../../../src/domain/check-ins.ts";
import type { Sql } from "./sql.ts";

/**
 * `seen_at`: the last report that was written down, null: none yet; `last`: what it said of the device, JSON. `online_until`: how long it
 * counts, null once it was said to be over. `kept_key`: under which KV may have an answer, null: it has none; `kept_etag`: that
 * answer's, null: it is to be removed.
 */
export const createCheckIns = `CREATE TABLE check_ins (
  device_id TEXT PRIMARY KEY,
  seen_at INTEGER,
  online_until INTEGER,
  last TEXT,
  kept_key TEXT,
  kept_etag TEXT
) WITHOUT ROWID`;

export interface StoredCheckIn {
  deviceId: string;
  /** Without its time, which is `seenAt`. */
  last: Omit<LastCheckIn, "seenAt"> | null;
  seenAt: number | null;
  onlineUntil: number | null;
  keptKey: string | null;
  keptEtag: string | null;
}

type Row = {
  device_id: string;
  seen_at: number | null;
  online_until: number | null;
  last: string | null;
  kept_key: string | null;
  kept_etag: string | null;
};

export class CheckInsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  all(): StoredCheckIn[] {
    return this.#sql
      .exec<Row>("SELECT * FROM check_ins")
      .toArray()
      .map((row) => ({
        deviceId: row.device_id,
        seenAt: row.seen_at,
        onlineUntil: row.online_until,
        last: row.last === null ? null : (JSON.parse(row.last) as StoredCheckIn["last"]),
        keptKey: row.kept_key,
        keptEtag: row.kept_etag,
      }));
  }

  write({ deviceId, seenAt, onlineUntil, last, keptKey, keptEtag }: StoredCheckIn): void {
    this.#sql.exec(
      `INSERT INTO check_ins VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at,
       online_until = excluded.online_until, last = excluded.last, kept_key = excluded.kept_key, kept_etag = excluded.kept_etag`,
      deviceId,
      seenAt,
      onlineUntil,
      last && JSON.stringify(last),
      keptKey,
      keptEtag,
    );
  }

  delete(deviceId: string): void {
    this.#sql.exec("DELETE FROM check_ins WHERE device_id = ?", deviceId);
  }
}
