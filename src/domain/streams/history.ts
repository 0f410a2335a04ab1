// A stream's history as it is told: points with their means, and the gaps between them; of one stream, or of several together.
import { mergeSeries, type Series } from "./series.ts";

/** One minute, hour or day. */
export interface Point {
  /** Epoch ms at which it begins. */
  at: number;
  mean: number;
  min: number;
  max: number;
  /** Datapoints in it; of several streams together: streams that have some. */
  count: number;
}

/** A time without any datapoint. */
export interface Gap {
  from: number;
  to: number;
}

/** Rows of the hub, of one day (since the epoch), which an archive has if its generation of that day is not smaller. */
export interface RecentSeries {
  day: number;
  generation: number;
  series: Series;
}

/** What the hub knows of one stream's history: what its owner says about it, and what is not archived yet. */
export interface RecentHistory {
  unit: string | null;
  label: string | null;
  parts: RecentSeries[];
}

export const unknownHistory: RecentHistory = { unit: null, label: null, parts: [] };

export const aggregates = ["mean", "sum", "min", "max"] as const;
/** Devices whose streams are told together at most. */
export const maxDevices = 50;
export type Aggregate = (typeof aggregates)[number];

/** The archive's part and what the hub has beyond it. */
export function withRecent(archived: Series, merged: Map<number, number>, recent: readonly RecentSeries[]): Series {
  let all = archived;
  for (const { day, generation, series } of recent) {
    if ((merged.get(day) ?? -1) < generation) all = mergeSeries(all, series);
  }
  return all;
}

export function pointsOf(series: Series, step: number): Point[] {
  return series.map(({ index, count, sum, min, max }) => ({ at: index * step, mean: sum / count, min, max, count }));
}

/** The times in `from <= time < to`, both whole steps, of which there is no point. */
export function gapsIn(points: readonly Point[], from: number, to: number, step: number): Gap[] {
  const gaps: Gap[] = [];
  let next = from;
  for (const { at } of points) {
    if (at > next) gaps.push({ from: next, to: at });
    next = at + step;
  }
  if (next < to) gaps.push({ from: next, to });
  return gaps;
}

/** Several streams as one: of each step the mean, sum, smallest or largest of what the streams say of it. */
export function aggregate(histories: readonly (readonly Point[])[], how: Aggregate): Point[] {
  const byTime = new Map<number, Point[]>();
  for (const point of histories.flat()) {
    const others = byTime.get(point.at);
    if (others) others.push(point);
    else byTime.set(point.at, [point]);
  }
  return [...byTime]
    .toSorted(([a], [b]) => a - b)
    .map(([at, points]) => ({
      at,
      mean: combine(
        points.map(({ mean }) => mean),
        how,
      ),
      min: combine(
        points.map(({ min }) => min),
        how,
      ),
      max: combine(
        points.map(({ max }) => max),
        how,
      ),
      count: points.length,
    }));
}

function combine(values: number[], how: Aggregate): number {
  if (how === "min") return Math.min(...values);
  if (how === "max") return Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return how === "sum" ? sum : sum / values.length;
}
