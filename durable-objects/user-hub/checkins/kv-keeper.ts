// Keeps answers in KV, from where every edge reads them. The hub alone writes there, one key's writes in order, so that an old answer
// never replaces a newer one.
import type { CheckInAnswer } from "../../../src/domain/check-ins.ts";
import type { AnswerKeeper } from "./kept-answers.ts";

/** A device that polls is heard of more often; what nobody asks for any more goes by itself. */
const keptSeconds = 7 * 86_400;
/** KV takes one write a second for a key. */
const retryMs = 1100;
const attempts = 4;

export class KvKeeper implements AnswerKeeper {
  readonly #kv: KVNamespace;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  /** memory: the writes under way. What a crash loses of them is made up for: see the table `check_ins`. */
  readonly #writes = new Map<string, Promise<unknown>>();

  constructor(kv: KVNamespace, waitUntil: (work: Promise<unknown>) => void) {
    this.#kv = kv;
    this.#waitUntil = waitUntil;
  }

  put(key: string, answer: CheckInAnswer): void {
    const text = JSON.stringify(answer);
    this.#enqueue(key, () => this.#kv.put(key, text, { expirationTtl: keptSeconds }));
  }

  drop(key: string, done: () => void): void {
    this.#enqueue(key, async () => {
      await this.#kv.delete(key);
      done();
    });
  }

  #enqueue(key: string, write: () => Promise<void>): void {
    const turn = inTurn(this.#writes.get(key), write, key);
    this.#writes.set(key, turn);
    this.#waitUntil(this.#finish(key, turn));
  }

  async #finish(key: string, turn: Promise<unknown>): Promise<void> {
    await turn;
    if (this.#writes.get(key) === turn) this.#writes.delete(key);
  }
}

/** The same, telling of each write whose device it was for. */
export function meteredKeeper(keeper: AnswerKeeper, written: (deviceId: string) => void): AnswerKeeper {
  return {
    put: (key, answer) => {
      written(deviceOfKey(key));
      keeper.put(key, answer);
    },
    drop: (key, done) => {
      written(deviceOfKey(key));
      keeper.drop(key, done);
    },
  };
}

/** See checkInKey. */
function deviceOfKey(key: string): string {
  return key.split("/")[1] ?? "";
}

async function inTurn(earlier: Promise<unknown> | undefined, write: () => Promise<void>, key: string): Promise<void> {
  await earlier;
  await tried(write, key);
}

/** Never throws. A failed put is tried again by the next check-in that finds nothing. */
async function tried(write: () => Promise<void>, key: string): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (attempt === attempts)
        console.error(JSON.stringify({ event: "checkin.keep.failed", key, error: String(error) }));
      else await new Promise((resolve) => setTimeout(resolve, retryMs * attempt));
    }
  }
}
