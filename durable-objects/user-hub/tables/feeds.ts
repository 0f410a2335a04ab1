// What was recorded of the feeds of devices: a row each, written some seconds after the first of several events.
import type { FeedEntry } from "../../../src/domain/feed.ts";
import { firstRow, type Sql } from "./sql.ts";

/** `entries`: a JSON array, the oldest first. `recording_until`: epoch ms. */
export const createFeeds = `CREATE TABLE feeds (
  device_id TEXT PRIMARY KEY,
  entries TEXT NOT NULL,
  recording_until INTEGER
) WITHOUT ROWID`;

export interface StoredFeed {
  entries: FeedEntry[];
  recordingUntil: number | null;
}

export class FeedsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(deviceId: string): StoredFeed {
    const row = firstRow(
      this.#sql.exec<{ entries: string; recording_until: number | null }>(
        "SELECT entries, recording_until FROM feeds WHERE device_id = ?",
        deviceId,
      ),
    );
    return { entries: JSON.parse(row?.entries ?? "[]") as FeedEntry[], recordingUntil: row?.recording_until ?? null };
  }

  /** Devices of which everything is recorded, and until when. */
  recording(): [deviceId: string, until: number][] {
    return this.#sql
      .exec<{ device_id: string; recording_until: number }>(
        "SELECT device_id, recording_until FROM feeds WHERE recording_until IS NOT NULL",
      )
      .toArray()
      .map((row) => [row.device_id, row.recording_until]);
  }

  write(deviceId: string, { entries, recordingUntil }: StoredFeed): void {
    this.#sql.exec(
      `INSERT INTO feeds VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
       entries = excluded.entries, recording_until = excluded.recording_until`,
      deviceId,
      JSON.stringify(entries),
      recordingUntil,
    );
  }

  delete(deviceId: string): void {
    this.#sql.exec("DELETE FROM feeds WHERE device_id = ?", deviceId);
  }
}
