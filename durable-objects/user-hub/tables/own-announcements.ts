// The devices that the hub itself announces, because their owner asked for it: a row each.
import type { Settable } from "../../../src/domain/discovery/own-device.ts";
import type { Sql } from "./sql.ts";

/** `settable`: JSON of a list of Settable. */
export const createOwnAnnouncements = `CREATE TABLE own_announcements (
  device_id TEXT PRIMARY KEY,
  settable TEXT NOT NULL
) WITHOUT ROWID`;

export class OwnAnnouncementsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** What can be set of each device. */
  read(): Map<string, Settable[]> {
    const rows = this.#sql.exec<{ device_id: string; settable: string }>("SELECT * FROM own_announcements");
    return new Map(rows.toArray().map((row) => [row.device_id, JSON.parse(row.settable) as Settable[]]));
  }

  write(deviceId: string, settable: readonly Settable[]): void {
    this.#sql.exec(
      "INSERT INTO own_announcements VALUES (?, ?) ON CONFLICT DO UPDATE SET settable = excluded.settable",
      deviceId,
      JSON.stringify(settable),
    );
  }

  delete(deviceId: string): void {
    this.#sql.exec("DELETE FROM own_announcements WHERE device_id = ?", deviceId);
  }
}
