// The archive of streams in R2: averages of days that are over, an object a device and day, month or year.
import type { PackedSeries } from "../domain/streams/packed-series.ts";
import { packSeries, unpackSeries } from "../domain/streams/packed-series.ts";
import { type ArchivePlace, periodOf, type Resolution } from "../domain/streams/resolution.ts";

const folders: Record<Resolution, string> = { raw: "raw", minute: "minutes", hour: "hours", day: "days" };

/** Keys begin with the resolution, so that a rule of the bucket's life cycle can be written for each. */
export class StreamArchive {
  readonly #bucket: R2Bucket;
  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  /** `period`: see periodOf. `only`: the one stream that is wanted. Null: nothing is archived of it. */
  async read(place: ArchivePlace, period: string, only: string | null = null): Promise<PackedSeries | null> {
    const object = await this.#bucket.get(keyOf(place, period));
    return object && unpackSeries(new Uint8Array(await object.arrayBuffer()), only);
  }

  /** The same as it is kept. */
  async readBytes(place: ArchivePlace, period: string): Promise<Uint8Array | null> {
    const object = await this.#bucket.get(keyOf(place, period));
    return object && new Uint8Array(await object.arrayBuffer());
  }

  /** The archived periods after one, in order. */
  async periods(place: ArchivePlace, after: string, limit: number): Promise<string[]> {
    const prefix = keyOf(place, "");
    const { objects } = await this.#bucket.list({ prefix, startAfter: prefix + after, limit });
    return objects.map(({ key }) => key.slice(prefix.length));
  }

  async write(place: ArchivePlace, period: string, packed: PackedSeries): Promise<void> {
    await this.#bucket.put(keyOf(place, period), packSeries(packed));
  }

  /** Removes what is older than the retention, of the days (since the epoch) `from <= day < to`; costs nothing. */
  async remove(place: ArchivePlace, from: number, to: number): Promise<void> {
    const keys = new Set<string>();
    for (let day = from; day < to; day++) keys.add(keyOf(place, periodOf(place.resolution, day)));
    if (keys.size > 0) await this.#bucket.delete([...keys]);
  }

  /** Removes everything of a device. */
  async forget(hubId: string, deviceId: string): Promise<void> {
    for (const resolution of Object.keys(folders) as Resolution[]) {
      const prefix = keyOf({ hubId, deviceId, resolution }, "");
      for (;;) {
        const { objects } = await this.#bucket.list({ prefix });
        if (objects.length === 0) break;
        await this.#bucket.delete(objects.map(({ key }) => key));
      }
    }
  }
}

function keyOf({ hubId, deviceId, resolution }: ArchivePlace, period: string): string {
  return `streams/${folders[resolution]}/${hubId}/${deviceId}/${period}`;
}
