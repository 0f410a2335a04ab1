// What the hub answers about streams when the API asks.
import type { RecentHistory } from "../../../src/domain/streams/history.ts";
import { kindOf, type Stream, type StreamChange } from "../../../src/domain/streams/stream.ts";
import { dayMs, minuteMs } from "../../../src/domain/streams/series.ts";
import type { Result } from "../../../src/errors.ts";
import { recentSeries, type RecentQuery } from "./recent.ts";
import { splitKey } from "./stream-store.ts";
import type { Streams } from "./streams.ts";

const hoursOfDay = 24;

/** A device's streams by name. */
export function listStreams(streams: Streams, deviceId: string): Stream[] {
  const settings = streams.settingsOf(deviceId);
  return [...streams.latest(deviceId)]
    .map(([name, { value, at }]) => {
      const { unit = null, label = null, raw = 0 } = settings.get(name) ?? {};
      return { name, kind: kindOf(value), value, at, unit, label, raw: raw === 1 };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is not archived yet of one stream of each device, in their order. */
export function recentHistory(
  streams: Streams,
  deviceIds: readonly string[],
  query: Omit<RecentQuery, "deviceId">,
): RecentHistory[] {
  return deviceIds.map((deviceId) => {
    const { unit = null, label = null } = streams.settingsOf(deviceId).get(query.name) ?? {};
    return { unit, label, parts: recentSeries(streams.store, streams.unwritten(), { ...query, deviceId }) };
  });
}

/** Days since the epoch. */
export interface UnarchivedDays {
  raw: number[];
  averages: number[];
}

/** The days of which something of a device is not archived yet. */
export function unarchivedDays(streams: Streams, deviceId: string): UnarchivedDays {
  const { devices, hours, raw } = streams.store;
  const days = {
    raw: new Set(raw.days(deviceId, Number.MAX_SAFE_INTEGER)),
    averages: new Set(hours.days(deviceId)),
  };
  const latest = devices.read(deviceId)?.hour ?? 0;
  if (latest > 0) days.averages.add(Math.floor(latest / hoursOfDay));
  for (const running of streams.unwritten()) {
    for (const [key, { index }] of running.minutes()) {
      if (splitKey(key)[0] === deviceId) days.averages.add(Math.floor((index * minuteMs) / dayMs));
    }
    for (const [key, { index }] of running.datapoints()) {
      if (splitKey(key)[0] === deviceId) days.raw.add(Math.floor(index / dayMs));
    }
  }
  return { raw: [...days.raw], averages: [...days.averages] };
}

/** Changes what its owner says about a stream that exists. */
export function changeStream(
  streams: Streams,
  deviceId: string,
  name: string,
  { unit, label, raw }: StreamChange,
): Result<Stream> {
  const present = listStreams(streams, deviceId).find((stream) => stream.name === name);
  if (!present) return { ok: false, code: "not_found", message: "There is no such stream." };
  const changed: Stream = {
    ...present,
    unit: unit === undefined ? present.unit : unit,
    label: label === undefined ? present.label : label,
    raw: raw ?? present.raw,
  };
  streams.store.settings.write(deviceId, { ...changed, raw: changed.raw ? 1 : 0 });
  streams.settingsChanged();
  return { ok: true, value: changed };
}
