// What the hub itself knows of a stream's history: rows that are not archived yet, and what waits in attachments.
import type { RecentSeries } from "../../../src/domain/streams/history.ts";
import { unpackSeries } from "../../../src/domain/streams/packed-series.ts";
import { minutesOfStep, type Resolution } from "../../../src/domain/streams/resolution.ts";
import { addSlot, between, coarser, mergeSeries, minuteMs, type Series } from "../../../src/domain/streams/series.ts";
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

/** Reads a row for each hour that is not archived, and the device's own. */
export function recentSeries(
  store: StreamStore,
  unwritten: Iterable<RunningMinutes>,
  { deviceId, name, from, to, resolution }: RecentQuery,
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
  const factor = minutesOfStep[resolution];
  return [...parts.values()].map((part) => ({ ...part, series: coarser(part.series, factor) }));
}

function unwrittenOf(unwritten: Iterable<RunningMinutes>, key: string): Series {
  const series: Series = [];
  for (const running of unwritten) {
    for (const [of, slot] of running.minutes()) if (of === key) addSlot(series, slot);
  }
  return series;
}
