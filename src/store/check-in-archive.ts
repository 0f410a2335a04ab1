// Reports of devices that poll, in R2: an object a device and day, lines of JSON as gzip, so that any tool reads them.
import { gunzipSync } from "node:zlib";
import { type RawCheckIn, readLines } from "../domain/check-in-log.ts";
import { dayMs } from "../domain/streams/series.ts";

export interface CheckInPlace {
  hubId: string;
  deviceId: string;
}

export class CheckInArchive {
  readonly #bucket: R2Bucket;
  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  /** The reports of a day (since the epoch) with `from <= at < to`, the oldest first. */
  async read(place: CheckInPlace, day: number, from: number, to: number): Promise<RawCheckIn[]> {
    const object = await this.#bucket.get(keyOf(place, day));
    if (!object) return [];
    const text = new TextDecoder().decode(gunzipSync(new Uint8Array(await object.arrayBuffer())));
    return [...readLines(text, from, to)];
  }

  /** The days (since the epoch) of which there is something, the oldest first. */
  async days({ hubId, deviceId }: CheckInPlace): Promise<number[]> {
    const prefix = `check-ins/${hubId}/${deviceId}/`;
    const { objects } = await this.#bucket.list({ prefix });
    return objects.map(({ key }) => Date.parse(key.slice(prefix.length, prefix.length + 10)) / dayMs);
  }

  /** Adds to a day what it does not have yet. */
  async add(
    place: CheckInPlace,
    day: number,
    batches: readonly { lastAt: number; packed: Uint8Array }[],
  ): Promise<void> {
    const key = keyOf(place, day);
    const present = await this.#bucket.get(key);
    const upTo = Number(present?.customMetadata?.["upTo"] ?? 0);
    const late = batches.filter(({ lastAt }) => lastAt > upTo);
    const last = late.at(-1);
    if (!last) return;
    // Members of gzip one after the other are gzip again.
    const parts = [
      ...(present ? [new Uint8Array(await present.arrayBuffer())] : []),
      ...late.map(({ packed }) => packed),
    ];
    await this.#bucket.put(key, Buffer.concat(parts), {
      customMetadata: { upTo: String(last.lastAt) },
      httpMetadata: { contentType: "application/gzip" },
    });
  }

  /** Removes the days `from <= day < to`; costs nothing. */
  async remove(place: CheckInPlace, from: number, to: number): Promise<void> {
    const keys = Array.from({ length: Math.max(0, to - from) }, (_, i) => keyOf(place, from + i));
    if (keys.length > 0) await this.#bucket.delete(keys);
  }

  /** Removes everything of a device. */
  async forget({ hubId, deviceId }: CheckInPlace): Promise<void> {
    for (;;) {
      const { objects } = await this.#bucket.list({ prefix: `check-ins/${hubId}/${deviceId}/` });
      if (objects.length === 0) return;
      await this.#bucket.delete(objects.map(({ key }) => key));
    }
  }
}

function keyOf({ hubId, deviceId }: CheckInPlace, day: number): string {
  return `check-ins/${hubId}/${deviceId}/${new Date(day * dayMs).toISOString().slice(0, 10)}.ndjson.gz`;
}
