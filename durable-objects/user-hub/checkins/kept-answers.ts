// Which answers are kept at the edge for devices that poll, and when they are out of date. The row of a device says what is kept, so
// that none is left behind by an object that died.
import type { CheckInAnswer } from "../../../src/domain/check-ins.ts";
import type { CheckInsTable, StoredCheckIn } from "../tables/check-ins.ts";

/** Keeps answers at the edge. Calls for one key take effect in their order. */
export interface AnswerKeeper {
  put(key: string, answer: CheckInAnswer): void;
  /** `done`: called once it is certain. */
  drop(key: string, done: () => void): void;
}

/** A kept answer that is said to be missing may just not have arrived there. */
const keptAgainMs = 60_000;

/** What this reads and writes of a device. */
export interface Answered extends StoredCheckIn {
  /** When the answer was last put; memory. */
  keptAt: number;
}

export interface KeptAnswersOptions {
  keeper: AnswerKeeper;
  table: CheckInsTable;
  /** Whether a device still has a row when its answer is gone. */
  isKnown: (deviceId: string) => boolean;
}

export class KeptAnswers {
  readonly #options: KeptAnswersOptions;

  constructor(options: KeptAnswersOptions) {
    this.#options = options;
  }

  /** Messages are not kept: they would be out of date with the next poll. */
  keep(polling: Answered, key: string, answer: CheckInAnswer, { isMissing, now }: { isMissing: boolean; now: number }) {
    if (polling.keptKey !== null && (polling.keptKey !== key || answer.cursor !== null)) this.outdate(polling);
    if (answer.cursor !== null) return;
    const isKept = polling.keptKey === key && polling.keptEtag === answer.etag;
    if (isKept && !(isMissing && now - polling.keptAt >= keptAgainMs)) return;
    polling.keptAt = now;
    this.#options.keeper.put(key, answer);
    if (isKept) return;
    polling.keptKey = key;
    polling.keptEtag = answer.etag;
    this.#options.table.write(polling);
  }

  outdate(polling: Answered): void {
    if (polling.keptKey === null || polling.keptEtag === null) return;
    polling.keptEtag = null;
    this.#options.table.write(polling);
    this.#drop(polling, polling.keptKey);
  }

  /** The object died before the answer was gone. */
  resume(polling: Answered): void {
    if (polling.keptKey !== null && polling.keptEtag === null) this.#drop(polling, polling.keptKey);
  }

  #drop(polling: Answered, key: string): void {
    const { keeper, table, isKnown } = this.#options;
    keeper.drop(key, () => {
      if (polling.keptKey !== key || polling.keptEtag !== null) return;
      polling.keptKey = null;
      if (isKnown(polling.deviceId)) table.write(polling);
      else table.delete(polling.deviceId);
    });
  }
}
