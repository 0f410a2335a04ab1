// Streams of each device: what they are, then their history, finest first, from the archive and from what the hub has beyond it.
import { pointsOf, type RecentSeries, withRecent } from "../../../domain/streams/history.ts";
import { periodEnd, periodOf, type Resolution, resolutions, stepMs } from "../../../domain/streams/resolution.ts";
import { streamNames, unpackSeries } from "../../../domain/streams/packed-series.ts";
import { dayMs, type Series } from "../../../domain/streams/series.ts";
import { eachDevice, type OfDevice } from "./each-device.ts";

/** Points of a line; longer series are told in several. */
const pointsPerLine = 10_000;
/** Archived periods that are looked up at a time. */
const periodsPerList = 200;

/** The period (see periodOf) that was told last; empty: none of this resolution. */
interface Position {
  resolution: number;
  after: string;
}

interface Recent {
  names: string[];
  /** Days (since the epoch) of which the hub has something. */
  raw: number[];
  averages: number[];
}

export const streams = eachDevice(async (of, at) => {
  const position = at as Position | null;
  if (position === null) {
    await writeStreams(of);
    return { resolution: 0, after: "" };
  }
  const resolution = resolutions[position.resolution];
  if (resolution === undefined) return null;
  const recent = await recentOf(of);
  const period = await nextPeriod(of, resolution, position.after, recent);
  if (period === null) return { resolution: position.resolution + 1, after: "" };
  await writePeriod(of, resolution, period, recent);
  return { ...position, after: period };
});

async function writeStreams({ work, hub, deviceId }: OfDevice): Promise<void> {
  const all = await work.ask(hub, (stub, call) => stub.streams(deviceId, call));
  for (const stream of all) await work.write({ type: "stream", deviceId, ...stream });
}

/** Asked before the archive is read: what the hub archives meanwhile is then found there. */
async function recentOf({ work, hub, deviceId }: OfDevice): Promise<Recent> {
  const key = `recent/${deviceId}`;
  const known = work.memo.get(key) as Recent | undefined;
  if (known) return known;
  const days = await work.ask(hub, (stub, call) => stub.unarchivedDays(deviceId, call));
  const all = await work.ask(hub, (stub, call) => stub.streams(deviceId, call));
  const recent = { ...days, names: all.map(({ name }) => name) };
  work.memo.set(key, recent);
  return recent;
}

async function nextPeriod(
  { work, hub, deviceId }: OfDevice,
  resolution: Resolution,
  after: string,
  recent: Recent,
): Promise<string | null> {
  const key = `periods/${deviceId}/${resolution}`;
  let archived = ((work.memo.get(key) as string[] | undefined) ?? []).filter((period) => period > after);
  if (archived.length === 0) {
    work.spend();
    const place = { hubId: hub.id, deviceId, resolution };
    archived = await work.ctx.streamArchive.periods(place, after, periodsPerList);
    work.memo.set(key, archived);
  }
  const unarchived = daysOf(recent, resolution).map((day) => periodOf(resolution, day));
  const later = [...archived, ...unarchived].filter((period) => period > after);
  return later.toSorted()[0] ?? null;
}

function daysOf({ raw, averages }: Recent, resolution: Resolution): number[] {
  return resolution === "raw" ? raw : averages;
}

async function writePeriod({ work, hub, deviceId }: OfDevice, resolution: Resolution, period: string, recent: Recent) {
  const from = Date.parse(period);
  const to = periodEnd(resolution, period);
  const isRecent = daysOf(recent, resolution).some((day) => day * dayMs >= from && day * dayMs < to);
  const parts = new Map<string, RecentSeries[]>();
  for (const name of isRecent ? recent.names : []) {
    const query = { name, from, to, resolution };
    const [history] = await work.ask(hub, (stub, call) => stub.recentHistory([deviceId], query, call));
    parts.set(name, history?.parts ?? []);
  }
  work.spend();
  const bytes = await work.ctx.streamArchive.readBytes({ hubId: hub.id, deviceId, resolution }, period);
  const names = new Set([...(bytes ? streamNames(bytes) : []), ...parts.keys()]);
  // One stream at a time: all of them unpacked may be large.
  for (const stream of [...names].toSorted()) {
    const packed = bytes ? unpackSeries(bytes, stream) : null;
    const archived = packed?.streams.get(stream) ?? [];
    const series = withRecent(archived, packed?.merged ?? new Map(), parts.get(stream) ?? []);
    await writeSeries({ work, hub, deviceId }, { resolution, stream, period }, series);
  }
}

async function writeSeries(
  { work, deviceId }: OfDevice,
  { resolution, stream, period }: { resolution: Resolution; stream: string; period: string },
  series: Series,
): Promise<void> {
  const columns = resolution === "raw" ? ["at", "value"] : ["at", "mean", "min", "max", "count"];
  for (let start = 0; start < series.length; start += pointsPerLine) {
    const points = pointsOf(series.slice(start, start + pointsPerLine), stepMs[resolution]).map(
      ({ at, mean, min, max, count }) => (resolution === "raw" ? [at, mean] : [at, mean, min, max, count]),
    );
    await work.write({ type: "history", deviceId, stream, resolution, period, columns, points });
  }
}
