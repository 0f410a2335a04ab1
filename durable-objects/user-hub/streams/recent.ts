// What the hub itself knows of a stream's history: rows that are not archived yet, and what waits in attachments.
import type { RecentSeries } from "../../../src/domain/streams/history.ts";
import { unpackSeries } from "../../../src/domain/streams/packed-series.ts";
import { minutesOfStep, type Resolution } from "../../../src/domain/streams/resolution.ts";
import {
  addSlot,
  between,
  coarser,
  dayMs,
  mergeSeries,
  minuteMs,
  type Series,
} from "../../../src/domain/streams/series.ts";
import type { RunningMinutes } from "./running-minutes.ts";
import type { StreamStore } from "./stream-store.ts";

export interface RecentQuery {
  deviceId: string;
  name: string;
  /** Epoch ms: `from <= time < to`. */
  from: number;
  to: number;
  resolution: Resolution;
}

const minutesOfHour = 60;
const minutesOfDay = 1440;

export function recentSeries(
  store: StreamStore,
  unwritten: Iterable<RunningMinutes>,
  query: RecentQuery,
): RecentSeries[] {
  const { resolution } = query;
  return resolution === "raw"
    ? recentDatapoints(store, unwritten, query)
    : recentAverages(store, unwritten, query, minutesOfStep[resolution]);
}

/** Reads a row for each flush of a day that is not archived. */
function recentDatapoints(
  store: StreamStore,
  unwritten: Iterable<RunningMinutes>,
  { deviceId, name, from, to }: RecentQuery,
): RecentSeries[] {
  const parts: RecentSeries[] = [];
  for (const { day, generation, packed } of store.raw.range(
    deviceId,
    Math.floor(from / dayMs),
    Math.ceil(to / dayMs),
  )) {
    const series = between(unpackSeries(packed, name).streams.get(name) ?? [], from, to);
    const before = parts.at(-1);
    if (before?.day === day && before.generation === generation) before.series = mergeSeries(before.series, series);
    else parts.push({ day, generation, series });
  }
  const fresh: Series = [];
  for (const running of unwritten) {
    for (const [key, slot] of running.datapoints()) if (key === `${deviceId}/${name}`) addSlot(fresh, slot);
  }
  const series = between(fresh, from, to);
  if (series.length > 0) parts.push({ day: Math.floor(from / dayMs), generation: Number.POSITIVE_INFINITY, series });
  return parts;
}

/** Reads a row for each hour that is not archived, and the device's own. */
function recentAverages(
  store: StreamStore,
  unwritten: Iterable<RunningMinutes>,
  { deviceId, name, from, to }: RecentQuery,
  factor: number,
): RecentSeries[] {
  const fromMinute = Math.floor(from / minuteMs);
  const toMinute = Math.ceil(to / minuteMs);
  const parts = new Map<string, RecentSeries>();
  const add = (minutes: Series, generation: number): void => {
    for (const slot of between(minutes, fromMinute, toMinute)) {
      const day = Math.floor(slot.index / minutesOfDay);
      const key = `${day}/${generation}`;
      const part = parts.get(key) ?? { day, generation, series: [] };
      parts.set(key, part);
      addSlot(part.series, slot);
    }
  };
  const hours = store.hours.range(
    deviceId,
    Math.floor(fromMinute / minutesOfHour),
    Math.ceil(toMinute / minutesOfHour),
  );
  for (const { generation, packed } of hours) add(unpackSeries(packed, name).streams.get(name) ?? [], generation);
  const device = store.devices.read(deviceId);
  const latest = device ? (unpackSeries(device.packed, name).streams.get(name) ?? []) : [];
  add(mergeSeries(latest, unwrittenOf(unwritten, `${deviceId}/${name}`)), Number.POSITIVE_INFINITY);
  return [...parts.values()].map((part) => ({ ...part, series: coarser(part.series, factor) }));
}

function unwrittenOf(unwritten: Iterable<RunningMinutes>, key: string): Series {
  const series: Series = [];
  for (const running of unwritten) {
    for (const [of, slot] of running.minutes()) if (of === key) addSlot(series, slot);
  }
  return series;
}
