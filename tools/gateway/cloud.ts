// Who may try the cloud, and when. While it cannot be reached one connection tries at a time, after growing and random
// pauses; the others wait a few seconds and are then turned away. Once it is back all get in, so many at a time.
import type { WebSocket } from "ws";
import { type HandshakeFailure, type HandshakeOptions, shakeHands } from "./handshake.ts";
import type { Log } from "./log.ts";
import type { Counts } from "./report.ts";

/** Somebody who wants a WebSocket. Exactly one of the two is called, unless it left before. */
export interface Visitor {
  readonly hasLeft: boolean;
  opened(socket: WebSocket): void;
  turnedAway(): void;
}

export interface CloudOptions extends HandshakeOptions {
  log: Log;
  counts: Counts;
}

interface Attempt {
  visitor: Visitor;
  holding: NodeJS.Timeout;
  giveUp: (() => void) | null;
}

/** Handshakes under way at one time. */
const maxHandshakes = 50;
/** How long a connection waits for the cloud, random between half of it and all of it. */
const holdMs = 10_000;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** Random between half of it and all of it, so that gateways that failed together do not come back together. */
function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

export class Cloud {
  readonly #options: CloudOptions;
  readonly #waiting = new Set<Attempt>();
  readonly #shaking = new Set<Attempt>();
  /** In a row. */
  #failures = 0;
  /** Of the handshakes that were under way when one failed, the others say nothing new. */
  #round = 0;
  #lastReason: string | null = null;
  #failingSince: number | null = null;
  #wasReached = false;
  #pause: NodeJS.Timeout | null = null;

  constructor(options: CloudOptions) {
    this.#options = options;
  }

  /** Connections that are not in yet. */
  get waiting(): number {
    return this.#waiting.size + this.#shaking.size;
  }

  /** Returns whether the visitor is being let in right now, and how it leaves. */
  enter(visitor: Visitor): { isTrying(): boolean; leave(): void } {
    const holding = setTimeout(() => {
      this.#forget(attempt);
      this.#options.counts.refused++;
      visitor.turnedAway();
      this.#admit();
    }, jittered(holdMs));
    const attempt: Attempt = { visitor, holding, giveUp: null };
    this.#waiting.add(attempt);
    this.#admit();
    return {
      isTrying: () => this.#shaking.has(attempt),
      leave: () => {
        this.#forget(attempt);
        this.#admit();
      },
    };
  }

  /** One handshake for its own sake; null: it succeeded. */
  check(): Promise<HandshakeFailure | null> {
    return new Promise((resolve) => {
      shakeHands(this.#options, {
        opened: (socket) => {
          this.#reached();
          socket.close(1000);
          resolve(null);
        },
        failed: (failure) => {
          this.#failed(failure, this.#round);
          resolve(failure);
        },
      });
    });
  }

  /** Nobody gets in any more. */
  stop(): void {
    if (this.#pause) clearTimeout(this.#pause);
    for (const attempt of [...this.#waiting, ...this.#shaking]) {
      this.#forget(attempt);
      attempt.visitor.turnedAway();
    }
  }

  #admit(): void {
    if (this.#pause) return;
    const atOnce = this.#failures > 0 ? 1 : maxHandshakes;
    for (const attempt of this.#waiting) {
      if (this.#shaking.size >= atOnce) return;
      this.#waiting.delete(attempt);
      this.#try(attempt);
    }
  }

  #try(attempt: Attempt): void {
    const round = this.#round;
    this.#shaking.add(attempt);
    attempt.giveUp = shakeHands(this.#options, {
      opened: (socket) => {
        attempt.giveUp = null;
        this.#forget(attempt);
        attempt.visitor.opened(socket);
        this.#reached();
      },
      failed: (failure) => {
        attempt.giveUp = null;
        this.#shaking.delete(attempt);
        this.#failed(failure, round);
        if (!isFinal(failure) && !attempt.visitor.hasLeft) this.#waiting.add(attempt);
        else {
          this.#forget(attempt);
          this.#options.counts.refused++;
          attempt.visitor.turnedAway();
        }
        this.#admit();
      },
    });
  }

  #forget(attempt: Attempt): void {
    clearTimeout(attempt.holding);
    this.#waiting.delete(attempt);
    this.#shaking.delete(attempt);
    attempt.giveUp?.();
    attempt.giveUp = null;
  }

  #reached(): void {
    this.#failures = 0;
    if (this.#pause) clearTimeout(this.#pause);
    this.#pause = null;
    if (this.#failingSince !== null || !this.#wasReached) {
      const lostMs = this.#failingSince === null ? null : Math.round(performance.now() - this.#failingSince);
      const after = lostMs === null ? "" : ` again, after ${(lostMs / 1000).toFixed(1)} s`;
      this.#options.log("cloud.reached", `The cloud lets connections in${after}.`, { lostMs });
    }
    this.#wasReached = true;
    this.#failingSince = this.#lastReason = null;
    this.#admit();
  }

  #failed(failure: HandshakeFailure, round: number): void {
    this.#options.counts.failedHandshakes++;
    if (round !== this.#round) return;
    this.#round++;
    const pauseMs = jittered(Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs));
    const retryInMs = Math.round(Math.max(pauseMs, failure.retryAfterMs));
    this.#failures++;
    if (this.#pause) clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#admit();
    }, retryInMs);
    this.#failingSince ??= performance.now();
    const { status, reason } = failure;
    if (reason === this.#lastReason) return;
    this.#lastReason = reason;
    const what = status === null ? "The cloud cannot be reached" : "The cloud refuses connections";
    const next = `The next try is in ${(retryInMs / 1000).toFixed(1)} s at the earliest, the pauses grow to 10 s.`;
    this.#options.log("cloud.lost", `${what}: ${reason}. ${next}`, { status, reason, retryInMs });
  }
}

/** The same request would be refused again: the address or the token is wrong. */
export function isFinal({ status }: HandshakeFailure): boolean {
  return status !== null && status < 500 && ![408, 425, 429].includes(status);
}
