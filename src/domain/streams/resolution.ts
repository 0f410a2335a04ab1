// How finely a history is told, and where its archive has what: datapoints and minutes in an object a day, hours in one a month,
// days in one a year.
import { dayMs, hourMs, minuteMs } from "./series.ts";

/** `raw`: every datapoint, of streams whose owner asked for it; those of the same millisecond are one. */
export const resolutions = ["raw", "minute", "hour", "day"] as const;
export type Resolution = (typeof resolutions)[number];
export type AverageResolution = Exclude<Resolution, "raw">;

export const stepMs: Record<Resolution, number> = { raw: 1, minute: minuteMs, hour: hourMs, day: dayMs };
export const minutesOfStep: Record<AverageResolution, number> = { minute: 1, hour: 60, day: 1440 };

/** Whose history the archive has, and how fine. */
export interface ArchivePlace {
  hubId: string;
  deviceId: string;
  resolution: Resolution;
}

/** Characters of an ISO date that name the period of an object. */
const periodLength: Record<Resolution, number> = { raw: 10, minute: 10, hour: 7, day: 4 };

/** The finest resolution that tells a time in so many points; the coarsest, if none does. */
export function finestFor(durationMs: number, points: number): AverageResolution {
  if (durationMs / minuteMs <= points) return "minute";
  return durationMs / hourMs <= points ? "hour" : "day";
}

/** The object that holds this day (since the epoch): `2026-11-22`, `2026-11`, `2026`. */
export function periodOf(resolution: Resolution, day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, periodLength[resolution]);
}

/** When a period of that resolution is over, epoch ms. */
export function periodEnd(resolution: Resolution, period: string): number {
  const next = new Date(Date.parse(period));
  if (periodLength[resolution] === 10) next.setUTCDate(next.getUTCDate() + 1);
  else if (periodLength[resolution] === 7) next.setUTCMonth(next.getUTCMonth() + 1);
  else next.setUTCFullYear(next.getUTCFullYear() + 1);
  return next.getTime();
}

/** The objects that hold the days `from <= day < to`. */
export function periodsBetween(resolution: Resolution, from: number, to: number): string[] {
  const periods = new Set<string>();
  for (let day = from; day < to; day++) periods.add(periodOf(resolution, day));
  return [...periods];
}
