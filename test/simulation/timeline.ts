// Simulated time: what is to happen when. What falls on the same millisecond happens in the order in which it was planned.

interface Planned {
  at: number;
  order: number;
  act: () => void;
}

const mostAtOnce = 50_000;

export class Timeline {
  now: number;
  #order = 0;
  /** A binary heap: the earliest one first. */
  readonly #heap: Planned[] = [];

  constructor(start: number) {
    this.now = start;
  }

  plan(at: number, act: () => void): void {
    const heap = this.#heap;
    heap.push({ at: Math.max(at, this.now), order: this.#order++, act });
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!isBefore(heap[i] as Planned, heap[parent] as Planned)) return;
      swap(heap, i, parent);
      i = parent;
    }
  }

  /** Lets everything happen until then. */
  runUntil(at: number): void {
    for (let happened = 0; ; happened++) {
      if (happened > mostAtOnce) throw new Error("the hub and its clients never come to rest");
      const next = this.#heap[0];
      if (!next || next.at > at) break;
      this.#removeFirst();
      this.now = next.at;
      next.act();
    }
    this.now = Math.max(this.now, at);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Planned;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && isBefore(heap[child] as Planned, heap[least] as Planned)) least = child;
      }
      if (least === i) return;
      swap(heap, i, least);
      i = least;
    }
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function swap(heap: Planned[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as Planned, heap[a] as Planned];
}
