// The rows of streams: takes over what connections have counted, one row a device and flush, and reads it back.
import { emptyPacked, packSeries, type PackedSeries, unpackSeries } from "../../../src/domain/streams/packed-series.ts";
import { addSlot, dayMs, type Series, type Slot } from "../../../src/domain/streams/series.ts";
import { ReportStore } from "../checkins/report-store.ts";
import type { Carry } from "../tables/last-seen.ts";
import { MetaTable } from "../tables/meta.ts";
import type { Sql } from "../tables/sql.ts";
import { type StoredLast, type StreamDevice, StreamDevicesTable } from "../tables/stream-devices.ts";
import { StreamHoursTable } from "../tables/stream-hours.ts";
import { StreamRawTable } from "../tables/stream-raw.ts";
import { StreamSettingsTable } from "../tables/stream-settings.ts";
import type { RunningMinutes } from "./running-minutes.ts";

const minutesOfHour = 60;

/** What one flush says of one device. */
interface Change {
  last: Map<string, StoredLast>;
  minutes: [name: string, Slot][];
  datapoints: [name: string, Slot][];
}

/** Its truth is in its tables. */
export class StreamStore {
  readonly devices: StreamDevicesTable;
  readonly hours: StreamHoursTable;
  readonly raw: StreamRawTable;
  readonly settings: StreamSettingsTable;
  readonly reports: ReportStore;
  readonly #meta: MetaTable;
  readonly #maxStreams: number;
  readonly #maxDevices: number;
  /** sqlite: `meta`; memory: what is known of it. */
  #generation: number | null = null;
  /** Rows of stream_devices; null: not counted since the wake. */
  #deviceCount: number | null = null;

  constructor(sql: Sql, { maxStreams, maxDevices, carry }: { maxStreams: number; maxDevices: number; carry: Carry }) {
    this.devices = new StreamDevicesTable(sql, carry);
    this.hours = new StreamHoursTable(sql);
    this.raw = new StreamRawTable(sql);
    this.settings = new StreamSettingsTable(sql);
    this.reports = new ReportStore(sql, this.devices);
    this.#meta = new MetaTable(sql);
    this.#maxStreams = maxStreams;
    this.#maxDevices = maxDevices;
  }

  /** The generation of rows that are written now. It begins with the time, so that a hub that was rebuilt does not begin again. */
  generation(now: number): number {
    this.#generation ??= this.#meta.read("streamGeneration");
    return this.#generation ?? this.nextGeneration(now);
  }

  /** From now on rows have a later generation; returns it. */
  nextGeneration(now: number): number {
    const present = this.#generation ?? this.#meta.read("streamGeneration") ?? 0;
    this.#generation = Math.max(present + 1, Math.floor(now / 1000));
    this.#meta.write("streamGeneration", this.#generation);
    return this.#generation;
  }

  /** Writes what was counted: one row for each device, and one more for each hour other than its latest. */
  flush(running: RunningMinutes, now: number): void {
    const changes = new Map<string, Change>();
    for (const [key, { value, at }] of running.lasts()) {
      const [deviceId, name] = splitKey(key);
      changeOf(changes, deviceId).last.set(name, [value, at]);
    }
    for (const [key, slot] of running.minutes()) {
      const [deviceId, name] = splitKey(key);
      changeOf(changes, deviceId).minutes.push([name, slot]);
    }
    for (const [key, slot] of running.datapoints()) {
      const [deviceId, name] = splitKey(key);
      changeOf(changes, deviceId).datapoints.push([name, slot]);
    }
    for (const [deviceId, change] of changes) this.#write(deviceId, change, now);
  }

  #write(deviceId: string, change: Change, now: number): void {
    const present = this.devices.read(deviceId);
    if (!present && !this.#takesDevice()) return this.reports.drop(deviceId);
    const fresh = { hour: 0, packed: packSeries(emptyPacked()), last: new Map(), reports: null, unfolded: null };
    const device = present ?? { deviceId, ...fresh };
    for (const [name, last] of change.last) this.#keepLast(device, name, last);
    const byHour = new Map<number, [string, Slot][]>();
    for (const [name, slot] of change.minutes) {
      if (!device.last.has(name)) continue;
      const hour = Math.floor(slot.index / minutesOfHour);
      const others = byHour.get(hour);
      if (others) others.push([name, slot]);
      else byHour.set(hour, [[name, slot]]);
    }
    const latest = Math.max(device.hour, ...byHour.keys());
    for (const [hour, slots] of byHour) if (hour === device.hour) device.packed = added(device.packed, slots);
    if (latest > device.hour) {
      this.moveHour(device, now);
      byHour.delete(device.hour);
      device.packed = added(device.packed, byHour.get(latest) ?? []);
      device.hour = latest;
    }
    byHour.delete(latest);
    for (const [hour, slots] of byHour) this.#addToHour(deviceId, hour, slots, now);
    device.reports = this.reports.taken(deviceId, device.reports);
    this.devices.write(device);
    this.#writeRaw(device, change.datapoints, now);
  }

  /** Writes a report that no row of streams has taken along. */
  writeReport(deviceId: string, now: number): void {
    if (this.reports.isCarried(deviceId)) {
      this.#write(deviceId, { last: new Map(), minutes: [], datapoints: [] }, now);
    }
  }

  #writeRaw({ deviceId, last }: StreamDevice, datapoints: [string, Slot][], now: number): void {
    const kept = datapoints.filter(([name]) => last.has(name));
    if (kept.length === 0) return;
    const generation = this.generation(now);
    for (const [day, slots] of Map.groupBy(kept, ([, { index }]) => Math.floor(index / dayMs))) {
      this.raw.add(deviceId, { day, generation, packed: added(packSeries(emptyPacked()), slots) });
    }
  }

  /** A later value goes before an earlier one, whichever is written first. */
  #keepLast({ last }: StreamDevice, name: string, value: StoredLast): void {
    const present = last.get(name);
    if (present ? present[1] <= value[1] : last.size < this.#maxStreams) last.set(name, value);
  }

  #takesDevice(): boolean {
    this.#deviceCount ??= this.devices.count();
    if (this.#deviceCount >= this.#maxDevices) return false;
    this.#deviceCount++;
    return true;
  }

  /** Puts the latest hour of a device among the others. The device's own row is the caller's to write. */
  moveHour(device: StreamDevice, now: number): void {
    const { streams } = unpackSeries(device.packed);
    if (streams.size === 0) return;
    const slots = [...streams].flatMap(([name, series]) => series.map((slot): [string, Slot] => [name, slot]));
    this.#addToHour(device.deviceId, device.hour, slots, now);
    device.packed = packSeries(emptyPacked());
  }

  #addToHour(deviceId: string, hour: number, slots: [string, Slot][], now: number): void {
    const generation = this.generation(now);
    const present = this.hours.read(deviceId, hour, generation) ?? packSeries(emptyPacked());
    this.hours.write(deviceId, { hour, generation, packed: added(present, slots) });
  }

  /** When days that are over are archived next; null: there is nothing to archive. */
  archiveAt(): number | null {
    const at = this.#meta.read("streamsArchiveAt") ?? 0;
    return at === 0 ? null : at;
  }

  planArchive(at: number | null): void {
    this.#meta.write("streamsArchiveAt", at ?? 0);
  }

  /** Whether nothing is left to be archived, now or later. */
  isArchived(): boolean {
    return this.hours.isEmpty() && this.raw.isEmpty() && !this.devices.hasHours() && this.reports.isEmpty();
  }

  /** Forgets a device. */
  forget(deviceId: string): void {
    this.devices.delete(deviceId);
    this.hours.deleteAll(deviceId);
    this.raw.deleteAll(deviceId);
    this.settings.deleteAll(deviceId);
    this.reports.forget(deviceId);
    this.#deviceCount = null;
  }
}

/** `{deviceId}/{name}`: neither has a slash. */
export function splitKey(key: string): [deviceId: string, name: string] {
  const slash = key.indexOf("/");
  return [key.slice(0, slash), key.slice(slash + 1)];
}

function changeOf(changes: Map<string, Change>, deviceId: string): Change {
  const known = changes.get(deviceId);
  if (known) return known;
  const change: Change = { last: new Map(), minutes: [], datapoints: [] };
  changes.set(deviceId, change);
  return change;
}

function added(bytes: Uint8Array, slots: [name: string, Slot][]): Uint8Array {
  const packed: PackedSeries = unpackSeries(bytes);
  for (const [name, slot] of slots) {
    const series: Series = packed.streams.get(name) ?? [];
    addSlot(series, slot);
    packed.streams.set(name, series);
  }
  return packSeries(packed);
}
