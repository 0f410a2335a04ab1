// The topics a client has published to last. A client publishes to the same few again and again: they are recognised by
// their bytes instead of being decoded and checked each time. A cache; it may be lost at any moment.

export interface RecentTopic {
  text: string;
  bytes: Uint8Array;
}

/** As many as a device has streams; they are looked through one by one. */
const maxTopics = 8;
/** Longer topics are not worth their memory. */
const maxBytes = 256;

export class RecentTopics {
  readonly #topics: RecentTopic[] = [];
  #oldest = 0;

  /** The topic behind the 16-bit length at `start`; null: not among the last ones, or not whole before `end`. */
  find(bytes: Uint8Array, start: number, end: number): RecentTopic | null {
    const length = (bytes[start]! << 8) | bytes[start + 1]!;
    if (start + 2 + length > end) return null;
    for (const topic of this.#topics) {
      if (topic.bytes.length === length && isAt(bytes, start + 2, topic.bytes)) return topic;
    }
    return null;
  }

  /** Remembers a topic that was decoded and is valid, in place of the oldest one. `bytes` are copied. */
  add(text: string, bytes: Uint8Array): void {
    if (bytes.length > maxBytes) return;
    this.#topics[this.#oldest] = { text, bytes: bytes.slice() };
    this.#oldest = (this.#oldest + 1) % maxTopics;
  }
}

/** Compares from the end, where the topics of one client differ. */
function isAt(bytes: Uint8Array, start: number, known: Uint8Array): boolean {
  for (let i = known.length - 1; i >= 0; i--) if (known[i] !== bytes[start + i]) return false;
  return true;
}
