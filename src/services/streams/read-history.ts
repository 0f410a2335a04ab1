// The history of a stream: what is archived, and what its hub has beyond that. One call of the hub; an object read for each day,
// month or year, depending on how finely it is told.
import {
  aggregate,
  type Aggregate,
  type Gap,
  gapsIn,
  maxDevices,
  type Point,
  pointsOf,
  type RecentSeries,
  unknownHistory,
  withRecent,
} from "../../domain/streams/history.ts";
import { finestFor, periodsBetween, type Resolution, stepMs } from "../../domain/streams/resolution.ts";
import { between, dayMs, type Series } from "../../domain/streams/series.ts";
import { HomeportError } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { requireDevices, requireReadable } from "./own-devices.ts";

export interface HistoryInput {
  name: string;
  /** Epoch ms; without them the day before `to`, and until now. */
  from?: number;
  to?: number;
  resolution: Resolution | "auto";
  /** Steps that are told at most. */
  limit: number;
}

export interface History {
  resolution: Resolution;
  stepMs: number;
  /** What is told: whole steps. */
  from: number;
  to: number;
  /** Where the next call has to begin, when there are more steps than `limit`. */
  nextFrom: number | null;
  points: Point[];
  gaps: Gap[];
}

/** Days of which single datapoints are told in one answer. */
const rawDays = 7;
/** Objects that are read at the same time. */
const atOnce = 6;

/** The history of one stream. */
export async function readHistory({
  ctx,
  input: { deviceId, ...input },
}: {
  ctx: ServiceContext;
  input: HistoryInput & { deviceId: string };
}): Promise<History & { unit: string | null; label: string | null }> {
  requireReadable(ctx, [deviceId], input.name);
  await requireDevices(ctx, [deviceId]);
  const { histories, ...range } = await readHistories(ctx, [deviceId], input);
  const { points, unit, label } = histories[0] as DeviceHistory;
  const told = range.resolution === "raw" ? tellDatapoints(range, points, input.limit) : tell(range, points);
  return { ...told, unit, label };
}

/** The streams of one name of several devices as one history. */
export async function readTogether({
  ctx,
  input: { deviceIds, how, ...input },
}: {
  ctx: ServiceContext;
  /** `deviceIds`: null: all devices of the user. */
  input: HistoryInput & { deviceIds: string[] | null; how: Aggregate };
}): Promise<History> {
  if (deviceIds) await requireDevices(ctx, deviceIds);
  const chosen = deviceIds ?? (await allDevices(ctx));
  requireReadable(ctx, chosen, input.name);
  const { histories, ...range } = await readHistories(ctx, chosen, input);
  return tell(
    range,
    aggregate(
      histories.map(({ points }) => points),
      how,
    ),
  );
}

/** Of single datapoints `limit` counts those that there are. */
function tellDatapoints(range: Range, points: Point[], limit: number): History {
  const next = points[limit];
  if (!next) return { ...range, points, gaps: [] };
  return { ...range, to: next.at, nextFrom: next.at, points: points.slice(0, limit), gaps: [] };
}

type Range = Omit<History, "points" | "gaps">;
type DeviceHistory = Pick<History, "points"> & { unit: string | null; label: string | null };

async function allDevices(ctx: ServiceContext): Promise<string[]> {
  const { userId } = ctx.user;
  const page = await ctx.store.devices.list({ userId, cursor: null, limit: maxDevices, name: null, tag: null });
  if (page.nextCursor === null) return page.items.map(({ id }) => id);
  throw new HomeportError("bad_request", `devices: name them; you have more than ${maxDevices}.`);
}

function tell(range: Range, points: Point[]): History {
  return { ...range, points, gaps: gapsIn(points, range.from, range.to, range.stepMs) };
}

async function readHistories(
  ctx: ServiceContext,
  deviceIds: string[],
  input: HistoryInput,
): Promise<Range & { histories: DeviceHistory[] }> {
  const range = rangeOf(input, ctx.now());
  const { name } = input;
  const { from, to, resolution } = range;
  // The hub first: what it archives meanwhile is then found in the archive.
  const recent = await askHub(
    ctx,
    (hub, call) => hub.recentHistory(deviceIds, { name, from, to, resolution }, call),
    () => deviceIds.map(() => unknownHistory),
  );
  const histories: DeviceHistory[] = [];
  for (const [i, deviceId] of deviceIds.entries()) {
    const { unit, label, parts } = recent[i] ?? unknownHistory;
    const series = await readSeries(ctx, deviceId, name, range, parts);
    histories.push({ unit, label, points: pointsOf(series, range.stepMs) });
  }
  return { ...range, histories };
}

/** The asked time in whole steps, at most `limit` of them. */
function rangeOf({ from, to, resolution, limit }: HistoryInput, now: number): Range {
  const end = to ?? now;
  const begin = from ?? end - dayMs;
  if (begin >= end) throw new HomeportError("bad_request", "from: must be before `to`.");
  const chosen = resolution === "auto" ? finestFor(end - begin, limit) : resolution;
  const step = stepMs[chosen];
  const first = Math.floor(begin / step) * step;
  const last = Math.ceil(end / step) * step;
  const longest = chosen === "raw" ? rawDays * dayMs : limit * step;
  const isCut = last - first > longest + step;
  const cutTo = isCut ? first + longest : last;
  return { resolution: chosen, stepMs: step, from: first, to: cutTo, nextFrom: isCut ? cutTo : null };
}

async function readSeries(
  ctx: ServiceContext,
  deviceId: string,
  name: string,
  { from, to, resolution, stepMs: step }: Range,
  recent: RecentSeries[],
): Promise<Series> {
  const { STREAM_RAW_DAYS, STREAM_MINUTES_DAYS, STREAM_HOURS_DAYS, STREAM_DAYS_DAYS } = ctx.config;
  const days = { raw: STREAM_RAW_DAYS, minute: STREAM_MINUTES_DAYS, hour: STREAM_HOURS_DAYS, day: STREAM_DAYS_DAYS };
  const kept = days[resolution];
  const today = Math.floor(ctx.now() / dayMs);
  const firstDay = Math.max(Math.floor(from / dayMs), today - kept);
  // A day that is not over cannot be archived.
  const periods = periodsBetween(resolution, firstDay, Math.min(Math.ceil(to / dayMs), today));
  const place = { hubId: ctx.user.hubId, deviceId, resolution };
  const archived: Series = [];
  const merged = new Map<number, number>();
  for (let i = 0; i < periods.length; i += atOnce) {
    const some = periods.slice(i, i + atOnce);
    for (const packed of await Promise.all(some.map((period) => ctx.streamArchive.read(place, period, name)))) {
      archived.push(...(packed?.streams.get(name) ?? []));
      for (const [day, generation] of packed?.merged ?? []) merged.set(day, generation);
    }
  }
  const first = Math.max(from, firstDay * dayMs) / step;
  return between(withRecent(archived, merged, recent), Math.ceil(first), to / step);
}
