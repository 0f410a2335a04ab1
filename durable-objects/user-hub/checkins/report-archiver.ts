// Takes the reports of days that are over to R2. Runs in the object's alarm; may fail or be cut off at any time, and be done again:
// what is in R2 says up to which report it goes.
import { dayOf } from "../../../src/domain/check-in-log.ts";
import type { StoredBatch } from "../tables/check-in-batches.ts";
import type { ReportStore } from "./report-store.ts";

/** Where they are kept: see src/store. */
export interface ReportArchive {
  add(place: { hubId: string; deviceId: string }, day: number, batches: readonly StoredBatch[]): Promise<void>;
  /** Removes the days (since the epoch) `from <= day < to`. */
  remove(place: { hubId: string; deviceId: string }, from: number, to: number): Promise<void>;
}

export interface ReportArchiverOptions {
  hubId: string;
  store: ReportStore;
  archive: ReportArchive;
  /** For how many days they are kept; 0: not at all. */
  days: number;
}

/** Days that are archived at the same time. */
const atOnce = 4;
/** How many days late an object may be removed, for a device that was silent meanwhile. */
const removedDays = 30;

/** Archives everything before the day of `now`. Throws when R2 fails. */
export async function archiveReports(
  { hubId, store, archive, days }: ReportArchiverOptions,
  now: number,
): Promise<void> {
  const today = dayOf(now);
  store.closeBefore(today);
  const open = store.batches.before(today);
  const work = async (): Promise<void> => {
    for (let next = open.pop(); next; next = open.pop()) {
      const { deviceId, day } = next;
      const batches = store.batches.range(deviceId, day, day);
      const last = batches.at(-1);
      if (!last) continue;
      if (days > 0) await archive.add({ hubId, deviceId }, day, batches);
      store.batches.delete(deviceId, day, last.lastAt);
      await archive.remove({ hubId, deviceId }, day - days - removedDays, day - days);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
