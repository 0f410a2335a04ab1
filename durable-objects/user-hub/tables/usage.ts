// What the hub has metered, a row a day (UTC) with the counts of every device in it. It is written once an hour at most.
import type { Usage } from "../../../src/domain/prices/hub-usage.ts";
import { firstRow, type Sql } from "./sql.ts";

export const createUsage = `CREATE TABLE usage (
  day INTEGER PRIMARY KEY,
  fold INTEGER NOT NULL,
  folded_at INTEGER NOT NULL,
  stored_bytes INTEGER NOT NULL,
  counts TEXT NOT NULL
)`;

/**
 * Counts of a device that are in no row of `usage` yet travel in its row of `last_seen`, which is written when its last connection
 * ends: the number of the fold they come after, then the counts.
 */
export const addUnfolded = "ALTER TABLE last_seen ADD COLUMN unfolded TEXT";

/** The same in its row of `stream_devices`, which each report of a device without a connection writes. */
export const addUnfoldedOfReports = "ALTER TABLE stream_devices ADD COLUMN unfolded TEXT";

/** Days after which a row goes. */
const keptDays = 400;

export type UsageByKey = Map<string, Usage>;

export interface DayUsage {
  /** Days since 1970. */
  day: number;
  storedBytes: number;
  counts: UsageByKey;
}

type Row = { day: number; stored_bytes: number; counts: string };

export class UsageTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** When counts were last written, and how often they had been. */
  lastFold(): { fold: number; foldedAt: number } | null {
    const query = "SELECT fold, folded_at AS foldedAt FROM usage ORDER BY day DESC LIMIT 1";
    return firstRow(this.#sql.exec<{ fold: number; foldedAt: number }>(query));
  }

  write({ day, storedBytes, counts }: DayUsage, fold: number, foldedAt: number): void {
    this.#sql.exec(
      `INSERT INTO usage VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET fold = excluded.fold,
       folded_at = excluded.folded_at, stored_bytes = excluded.stored_bytes, counts = excluded.counts`,
      day,
      fold,
      foldedAt,
      storedBytes,
      JSON.stringify(Object.fromEntries(counts)),
    );
  }

  /** Rows of these days, both included, in order. */
  *between(fromDay: number, toDay: number): Iterable<DayUsage> {
    const query = "SELECT day, stored_bytes, counts FROM usage WHERE day BETWEEN ? AND ? ORDER BY day";
    for (const { day, stored_bytes: storedBytes, counts } of this.#sql.exec<Row>(query, fromDay, toDay)) {
      yield { day, storedBytes, counts: new Map(Object.entries(JSON.parse(counts) as Record<string, Usage>)) };
    }
  }

  /** What travels with the rows of devices' streams. */
  *unfoldedOfReports(): Iterable<{ deviceId: string; unfolded: string }> {
    yield* this.#sql.exec<{ deviceId: string; unfolded: string }>(
      "SELECT device_id AS deviceId, unfolded FROM stream_devices WHERE unfolded IS NOT NULL",
    );
  }

  deleteOld(today: number): void {
    this.#sql.exec("DELETE FROM usage WHERE day < ?", today - keptDays);
  }
}
