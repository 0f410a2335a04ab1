// Looks into what a hub keeps of streams.
import { runInDurableObject } from "cloudflare:test";
import { mergeSeries, type Series } from "../../src/domain/streams/series.ts";
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
