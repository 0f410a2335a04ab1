// What an account has outside of the database: objects in R2 under its hub's id, answers to its devices in KV.
import { checkInKey } from "../domain/check-ins.ts";

/** Every folder of the bucket whose next level is a hub; a test compares them with docs/storage.md. */
export const hubFolders = ["streams/raw", "streams/minutes", "streams/hours", "streams/days", "check-ins"];

/** Requests of one call; the platform allows 1,000 in all. */
const listsPerCall = 50;

export class AccountFiles {
  readonly #bucket: R2Bucket;
  readonly #cache: KVNamespace;
  constructor(bucket: R2Bucket, cache: KVNamespace) {
    this.#bucket = bucket;
    this.#cache = cache;
  }

  async forgetAnswers(devices: readonly { id: string; gen: number | null }[]): Promise<void> {
    await Promise.all(devices.map(({ id, gen }) => (gen === null ? null : this.#cache.delete(checkInKey(id, gen)))));
  }

  /** Removes objects; true: none are left. */
  async removeObjects(hubId: string): Promise<boolean> {
    let lists = 0;
    for (const folder of hubFolders) {
      for (;;) {
        if (lists++ === listsPerCall) return false;
        const { objects } = await this.#bucket.list({ prefix: `${folder}/${hubId}/` });
        if (objects.length === 0) break;
        await this.#bucket.delete(objects.map(({ key }) => key));
      }
    }
    return true;
  }
}
