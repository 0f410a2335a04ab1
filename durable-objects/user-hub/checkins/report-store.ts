// The reports of devices that poll, as they came. Each goes with the row that its metrics write anyway; now and then a batch of them
// becomes a row of its own, and once a day is over the archiver takes it to R2.
import { dayOf, type RawCheckIn, type RawCheckInQuery, readLines } from "../../../src/domain/check-in-log.ts";
import { CheckInBatchesTable } from "../tables/check-in-batches.ts";
import type { Sql } from "../tables/sql.ts";
import type { StreamDevicesTable } from "../tables/stream-devices.ts";
import { addReport, closed, packLog, textOf, unpackLog, unzip } from "./report-log.ts";

/** Batches of a device and day: tens of thousands of reports. What is more is not kept, but counted and answered like any other. */
const maxBatches = 64;
/** What one call hands out. */
const maxAnswerLength = 1_000_000;

/** Its truth is in its tables. */
export class ReportStore {
  readonly batches: CheckInBatchesTable;
  readonly #devices: StreamDevicesTable;
  /** Of the present event. */
  readonly #carried = new Map<string, RawCheckIn>();

  constructor(sql: Sql, devices: StreamDevicesTable) {
    this.batches = new CheckInBatchesTable(sql);
    this.#devices = devices;
  }

  /** Goes with the device's next row. */
  carry(deviceId: string, report: RawCheckIn): void {
    this.#carried.set(deviceId, report);
  }

  isCarried(deviceId: string): boolean {
    return this.#carried.has(deviceId);
  }

  drop(deviceId: string): void {
    this.#carried.delete(deviceId);
  }

  /** What the device's row has to hold from now on; `bytes`: what it has held. */
  taken(deviceId: string, bytes: Uint8Array | null): Uint8Array | null {
    const report = this.#carried.get(deviceId);
    if (!report) return bytes;
    this.#carried.delete(deviceId);
    const { log, full } = addReport(bytes && unpackLog(bytes), report);
    for (const batch of full) {
      if (this.batches.count(deviceId, batch.day) < maxBatches) this.batches.add(deviceId, batch);
    }
    return packLog(log);
  }

  /** What is here, the oldest first. `more`: whether there is something beyond. */
  recent({ deviceId, from, to, limit }: RawCheckInQuery): { reports: RawCheckIn[]; more: boolean } {
    const reports: RawCheckIn[] = [];
    let length = 0;
    for (const text of this.#texts(deviceId, from, to)) {
      for (const report of readLines(text, from, to)) {
        if (reports.length >= limit || length > maxAnswerLength) return { reports, more: true };
        length += JSON.stringify(report).length;
        reports.push(report);
      }
    }
    return { reports, more: false };
  }

  *#texts(deviceId: string, from: number, to: number): Iterable<string> {
    for (const { lastAt, packed } of this.batches.range(deviceId, dayOf(from), dayOf(to))) {
      if (lastAt >= from) yield unzip(packed);
    }
    const bytes = this.#devices.readReports(deviceId);
    if (bytes) yield textOf(unpackLog(bytes));
  }

  /** Makes batches of what rows hold of days before this one. */
  closeBefore(day: number): void {
    for (const { deviceId, reports } of this.#devices.withReports()) {
      const log = unpackLog(reports);
      if (log.day >= day) continue;
      const batch = closed(log);
      if (batch.packed.length > 0) this.batches.add(deviceId, batch);
      this.#devices.clearReports(deviceId);
    }
  }

  isEmpty(): boolean {
    return this.batches.isEmpty() && !this.#devices.hasReports();
  }

  forget(deviceId: string): void {
    this.batches.deleteAll(deviceId);
  }
}
