// Archives days that are over: their minutes, and the hours and days made of them, go to R2, and their rows go. Runs in the
// object's alarm; may fail or be cut off at any time, and be done again: an archive says which rows it has in it.
import { emptyPacked, type PackedSeries, unpackSeries } from "../../../src/domain/streams/packed-series.ts";
import { type ArchivePlace, minutesOfStep, periodOf, type Resolution } from "../../../src/domain/streams/resolution.ts";
import { between, coarser, dayMs, mergeSeries, type Series } from "../../../src/domain/streams/series.ts";
import type { StreamHour } from "../tables/stream-hours.ts";
import type { StreamStore } from "./stream-store.ts";

/** For how many days each is kept. */
export type Retention = Record<Resolution, number>;

/** Where archives are kept: see src/store. */
export interface Archive {
  read(place: ArchivePlace, period: string): Promise<PackedSeries | null>;
  write(place: ArchivePlace, period: string, packed: PackedSeries): Promise<void>;
  /** Removes the days (since the epoch) `from <= day < to`. */
  remove(place: ArchivePlace, from: number, to: number): Promise<void>;
}

export interface ArchiverOptions {
  hubId: string;
  store: StreamStore;
  archive: Archive;
  retention: Retention;
}

type Streams = Map<string, Series>;

const hoursOfDay = 24;
const minutesOfDay = 1440;
/** Days of one device that are in memory at once. */
const daysAtOnce = 31;
/** Devices that are archived at the same time. */
const devicesAtOnce = 4;
/** How many days late an object may be removed, for a device that was silent meanwhile. */
const removedDays = 30;

/** Archives everything before the day of `now`. Returns for how many days of devices it did. Throws when R2 fails. */
export async function archiveFinishedDays(options: ArchiverOptions, now: number): Promise<number> {
  const { store } = options;
  const today = Math.floor(now / dayMs);
  const firstHour = today * hoursOfDay;
  for (const device of store.devices.before(firstHour)) {
    store.moveHour(device, now);
    store.devices.write({ ...device, hour: 0 });
  }
  // What is written from now on is for the next time.
  const generation = store.generation(now);
  store.nextGeneration(now);
  const deviceIds = [...new Set([...store.hours.devicesBefore(firstHour), ...store.raw.devicesBefore(today)])];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let deviceId = deviceIds.pop(); deviceId !== undefined; deviceId = deviceIds.pop()) {
      done += await archiveDevice(options, deviceId, firstHour, generation);
    }
  };
  await Promise.all(Array.from({ length: devicesAtOnce }, work));
  return done;
}

async function archiveDevice(
  options: ArchiverOptions,
  deviceId: string,
  firstHour: number,
  generation: number,
): Promise<number> {
  const { hours } = options.store;
  let done = 0;
  for (let from = hours.first(deviceId); from !== null && from < firstHour;) {
    const firstDay = Math.floor(from / hoursOfDay);
    const to = Math.min((firstDay + daysAtOnce) * hoursOfDay, firstHour);
    const rows = hours.range(deviceId, from, to).filter((row) => row.generation <= generation);
    const days = Map.groupBy(rows, ({ hour }) => Math.floor(hour / hoursOfDay));
    if (days.size > 0) await archiveDays(options, deviceId, days, generation);
    hours.delete(deviceId, from, to, generation);
    done += days.size;
    from = hours.first(deviceId, to);
  }
  await archiveDatapoints(options, deviceId, Math.floor(firstHour / hoursOfDay), generation);
  return done;
}

async function archiveDays(
  options: ArchiverOptions,
  deviceId: string,
  rows: Map<number, StreamHour[]>,
  generation: number,
): Promise<void> {
  const days = new Map<number, Streams>();
  for (const [day, ofDay] of rows) {
    days.set(day, await addToDay({ ...options, deviceId, resolution: "minute" }, day, ofDay, generation));
  }
  await archiveCoarser(options, deviceId, "hour", days, generation);
  await archiveCoarser(options, deviceId, "day", days, generation);
  const last = Math.max(...days.keys());
  for (const resolution of ["minute", "hour", "day"] as const) {
    const end = last - options.retention[resolution];
    await options.archive.remove({ ...options, deviceId, resolution }, end - removedDays, end);
  }
}

/** The same for single datapoints, which have no coarser form. A day at a time: they may be many. */
async function archiveDatapoints(
  options: ArchiverOptions,
  deviceId: string,
  today: number,
  generation: number,
): Promise<void> {
  const { store, archive, retention } = options;
  for (const day of store.raw.days(deviceId, today)) {
    const rows = store.raw.range(deviceId, day, day + 1).filter((row) => row.generation <= generation);
    if (rows.length === 0) continue;
    const place = { ...options, deviceId, resolution: "raw" } as const;
    await addToDay(place, day, rows, generation);
    store.raw.delete(deviceId, day, generation);
    await archive.remove(place, day - retention.raw - removedDays, day - retention.raw);
  }
}

/** Adds to what is archived of a day what is not in it yet, and returns all of it. */
async function addToDay(
  { archive, hubId, deviceId, resolution }: ArchivePlace & { archive: Archive },
  day: number,
  rows: readonly { generation: number; packed: Uint8Array }[],
  generation: number,
): Promise<Streams> {
  const place = { hubId, deviceId, resolution };
  const period = periodOf(resolution, day);
  const packed = (await archive.read(place, period)) ?? emptyPacked();
  const upTo = packed.merged.get(day) ?? -1;
  for (const row of rows) {
    if (row.generation <= upTo) continue;
    for (const [name, series] of unpackSeries(row.packed).streams) {
      packed.streams.set(name, mergeSeries(packed.streams.get(name) ?? [], series));
    }
  }
  packed.merged.set(day, generation);
  await archive.write(place, period, packed);
  return packed.streams;
}

/** Puts the hours or days of these days in place of what the archive has of them. */
async function archiveCoarser(
  { archive, hubId }: ArchiverOptions,
  deviceId: string,
  resolution: "hour" | "day",
  days: Map<number, Streams>,
  generation: number,
): Promise<void> {
  const place = { hubId, deviceId, resolution };
  for (const [period, some] of Map.groupBy(days.keys(), (day) => periodOf(resolution, day))) {
    const packed = (await archive.read(place, period)) ?? emptyPacked();
    for (const day of some) replaceDay(packed, resolution, day, days.get(day) as Streams, generation);
    await archive.write(place, period, packed);
  }
}

function replaceDay(
  packed: PackedSeries,
  resolution: "hour" | "day",
  day: number,
  minutes: Streams,
  generation: number,
): void {
  const perDay = minutesOfDay / minutesOfStep[resolution];
  for (const [name, series] of minutes) {
    const present = packed.streams.get(name) ?? [];
    const others = [
      ...between(present, 0, day * perDay),
      ...coarser(series, minutesOfStep[resolution]),
      ...between(present, (day + 1) * perDay, Number.POSITIVE_INFINITY),
    ];
    packed.streams.set(name, others);
  }
  packed.merged.set(day, generation);
}
