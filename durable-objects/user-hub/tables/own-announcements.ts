// The devices that the hub itself announces, because their owner asked for it: a row each.
import type { Announcing } from "../../../src/domain/discovery/own-device.ts";
import type { Sql } from "./sql.ts";

/** `about`: JSON of an Announcing. */
export const createOwnAnnouncements = `CREATE TABLE own_announcements (
  device_id TEXT PRIMARY KEY,
  about TEXT NOT NULL
) WITHOUT ROWID`;

export class OwnAnnouncementsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** By device. */
  read(): Map<string, Announcing> {
    const rows = this.#sql.exec<{ device_id: string; about: string }>("SELECT device_id, about FROM own_announcements");
    return new Map(rows.toArray().map((row) => [row.device_id, JSON.parse(row.about) as Announcing]));
  }

  write(deviceId: string, about: Announcing): void {
    this.#sql.exec(
      "INSERT INTO own_announcements VALUES (?, ?) ON CONFLICT DO UPDATE SET about = excluded.about",
      deviceId,
      JSON.stringify(about),
    );
  }

  delete(deviceId: string): void {
    this.#sql.exec("DELETE FROM own_announcements WHERE device_id = ?", deviceId);
  }
}
