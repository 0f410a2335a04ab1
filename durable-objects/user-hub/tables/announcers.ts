// Which device published an announcement: one row for each that is retained and was published by a device.
import type { Sql } from "./sql.ts";

export const createAnnouncers = `CREATE TABLE announcers (
  topic TEXT PRIMARY KEY,
  device_id TEXT NOT NULL
) WITHOUT ROWID`;

export class AnnouncersTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Device by topic. */
  read(): Map<string, string> {
    const rows = this.#sql.exec<{ topic: string; device_id: string }>("SELECT topic, device_id FROM announcers");
    return new Map(rows.toArray().map((row) => [row.topic, row.device_id]));
  }

  hasAny(): boolean {
    return this.#sql.exec("SELECT 1 FROM announcers LIMIT 1").toArray().length > 0;
  }

  write(topic: string, deviceId: string): void {
    this.#sql.exec(
      "INSERT INTO announcers VALUES (?, ?) ON CONFLICT DO UPDATE SET device_id = excluded.device_id",
      topic,
      deviceId,
    );
  }

  delete(topic: string): void {
    this.#sql.exec("DELETE FROM announcers WHERE topic = ?", topic);
  }
}
