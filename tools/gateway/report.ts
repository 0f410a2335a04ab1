// What the gateway counts, and the line that says it: for the time since the last one, or since the start.
import type { Log } from "./log.ts";

/** Bytes, WebSocket frames and whole MQTT packets in one direction. */
export interface Flow {
  bytes: number;
  frames: number;
  packets: number;
}

export interface Counts {
  opened: number;
  closed: number;
  /** Turned away because there were too many connections. */
  tooMany: number;
  /** Sent nothing in time, or no CONNECT that was answered. */
  silent: number;
  /** Turned away because the cloud refused them or could not be reached. */
  refused: number;
  /** Ended because the WebSocket broke without a close frame, or the cloud no longer answered pings. */
  lost: number;
  /** Ended because they read nothing for too long. */
  stalled: number;
  /** Handshakes that failed. */
  failedHandshakes: number;
  toCloud: Flow;
  fromCloud: Flow;
}

export function noCounts(): Counts {
  const flow = (): Flow => ({ bytes: 0, frames: 0, packets: 0 });
  const turnedAway = { tooMany: 0, silent: 0, refused: 0 };
  const broken = { lost: 0, stalled: 0, failedHandshakes: 0 };
  return { opened: 0, closed: 0, ...turnedAway, ...broken, toCloud: flow(), fromCloud: flow() };
}

/** What happened between two states of the counts. */
function since(then: Counts, now: Counts): Counts {
  const minus = (a: object, b: object): object =>
    Object.fromEntries(
      Object.entries(a).map(([name, value]) => {
        const other = (b as Record<string, number | object>)[name] as number | object;
        return [name, typeof value === "number" ? value - (other as number) : minus(value, other as object)];
      }),
    );
  return minus(now, then) as Counts;
}

export interface Present {
  open: number;
  /** Of those, how many the cloud has not let in yet. */
  waiting: number;
}

export class Report {
  readonly counts = noCounts();
  readonly #log: Log;
  readonly #present: () => Present;
  readonly #startedAt = performance.now();
  #last = noCounts();
  #lastAt = performance.now();

  constructor(log: Log, present: () => Present) {
    this.#log = log;
    this.#present = present;
  }

  /** Since the last call. */
  printInterval(): void {
    const now = performance.now();
    this.#print(since(this.#last, this.counts), now - this.#lastAt);
    this.#last = structuredClone(this.counts);
    this.#lastAt = now;
  }

  /** Since the start. */
  printTotal(): void {
    this.#print(this.counts, performance.now() - this.#startedAt);
  }

  #print(counts: Counts, ms: number): void {
    const seconds = Math.round(ms / 1000);
    const { open, waiting } = this.#present();
    const troubles = (["refused", "tooMany", "silent", "lost", "stalled", "failedHandshakes"] as const)
      .filter((name) => counts[name] > 0)
      .map((name) => `, ${counts[name]} ${troubleNames[name]}`);
    const sentence =
      `${open} open${waiting > 0 ? `, ${waiting} of them waiting for the cloud` : ""}; in ${seconds} s: ` +
      `${counts.opened} opened, ${counts.closed} closed${troubles.join("")}; ` +
      `to the cloud ${flowText(counts.toCloud)}; from the cloud ${flowText(counts.fromCloud)}`;
    this.#log("report", sentence, { seconds, open, waiting, ...counts });
  }
}

const troubleNames = {
  refused: "refused by the cloud",
  tooMany: "too many",
  silent: "silent",
  lost: "lost with the cloud",
  stalled: "stalled",
  failedHandshakes: "failed handshakes",
};

function flowText({ bytes, frames, packets }: Flow): string {
  const each = frames === 0 ? "" : ` (${(packets / frames).toFixed(2)} a frame)`;
  return `${bytes} bytes, ${packets} packets in ${frames} frames${each}`;
}
