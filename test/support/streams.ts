// Looks into what a hub keeps of streams.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { recentHistory } from "../../durable-objects/user-hub/streams/answers.ts";
import { withRecent } from "../../src/domain/streams/history.ts";
import { periodsBetween, type Resolution, stepMs } from "../../src/domain/streams/resolution.ts";
import { between, dayMs, mergeSeries, type Series } from "../../src/domain/streams/series.ts";
import { StreamArchive } from "../../src/store/stream-archive.ts";
import type { VirtualHub } from "./virtual-hub.ts";
import type { TestHub } from "./hub.ts";

/** The minutes of a stream that the hub itself knows. */
export async function minutesOf(hub: TestHub, deviceId: string, name: string): Promise<Series> {
  const query = { name, from: 0, to: Date.now() + 3_600_000, resolution: "minute" as const };
  const answer = await hub.stub.recentHistory([deviceId], query);
  if (!answer.ok) throw new Error(answer.message);
  return (answer.value[0]?.parts ?? []).reduce((all: Series, { series }) => mergeSeries(all, series), []);
}

/** How many rows there are. */
export function rowsOf(hub: TestHub): Promise<{ devices: number; hours: number }> {
  return runInDurableObject(hub.stub, (_, { storage: { sql } }) => {
    const count = (table: string) => Number(sql.exec(`SELECT count(*) AS count FROM ${table}`).one()["count"]);
    return { devices: count("stream_devices"), hours: count("stream_hours") };
  });
}

/** A history as the API puts it together, and how many objects of the archive that took. */
export async function historyOf(
  hub: VirtualHub,
  query: { deviceId: string; name: string; resolution: Resolution; from: number; to: number },
): Promise<{ all: Series; count: number; objects: number }> {
  const { deviceId, name, resolution, from, to } = query;
  const [recent] = recentHistory(hub.parts.streams, [deviceId], query);
  const archive = new StreamArchive(env.ARTIFACTS);
  const series: Series = [];
  const merged = new Map<number, number>();
  let objects = 0;
  for (const period of periodsBetween(resolution, Math.floor(from / dayMs), Math.ceil(to / dayMs))) {
    const packed = await archive.read({ hubId: hub.id, deviceId, resolution }, period, name);
    if (!packed) continue;
    objects++;
    series.push(...(packed.streams.get(name) ?? []));
    for (const [day, generation] of packed.merged) merged.set(day, generation);
  }
  const step = stepMs[resolution];
  const all = between(withRecent(series, merged, recent?.parts ?? []), from / step, to / step);
  return { all, count: all.reduce((sum, { count }) => sum + count, 0), objects };
}
