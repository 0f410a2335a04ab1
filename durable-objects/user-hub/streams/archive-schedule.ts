// When the days of a hub's streams that are over are archived next: planned with the first row, and anew after each time.
import type { PartContext } from "../part.ts";
import { archiveTime } from "./archive-time.ts";
import type { StreamStore } from "./stream-store.ts";

/** How soon archiving is tried again. */
const retryMs = 3_600_000;

export class ArchiveSchedule {
  readonly #context: PartContext;
  readonly #store: StreamStore;
  readonly #hubId: string;
  /** Null: nothing is to be archived. sqlite: `meta`; memory: undefined: not read since the wake. */
  #at: number | null | undefined = undefined;

  constructor(context: PartContext, store: StreamStore, hubId: string) {
    this.#context = context;
    this.#store = store;
    this.#hubId = hubId;
  }

  #next(): number | null {
    if (this.#at === undefined) this.#at = this.#store.archiveAt();
    return this.#at;
  }

  #plan(at: number | null): void {
    this.#at = at;
    this.#store.planArchive(at);
    if (at !== null) this.#context.wakeAt(at);
  }

  /** Something was written that is to be archived one day. */
  written(now: number): void {
    if (this.#next() === null) this.#plan(archiveTime(this.#hubId, now));
  }

  isDue(now: number): boolean {
    return (this.#next() ?? Number.POSITIVE_INFINITY) <= now;
  }

  /** When the hub must be awake for it; null: not at all. */
  wakeAt(now: number): number | null {
    const at = this.#next();
    // Past: the alarm that archives is under way; should it be lost, this one takes its place.
    return at === null || at > now ? at : now + retryMs;
  }

  /** Days that were over are archived, or could not be. */
  tried(succeeded: boolean): void {
    const now = this.#context.now();
    if (!succeeded) this.#plan(now + retryMs);
    else this.#plan(this.#store.isArchived() ? null : archiveTime(this.#hubId, now));
  }
}
