// How much of a change to many devices is done in one event.

/** Devices that are told in one event at most. */
const devicesPerSlice = 100;
/**
 * Work of one event, in about microseconds of the development machine. There an event took 5 to 12 ms with small documents, 5 to 25 with
 * those of 5 KB.
 */
const workPerSlice = 12_000;
const workToLook = 5;
const workToTell = 100;

/** What is done in one event, so that messages get through between two. */
export class Slice {
  readonly #work: () => number;
  readonly #start: number;
  told = 0;
  #looks = 0;

  /** `work`: what documents and schemas have cost since the hub woke. */
  constructor(work: () => number) {
    this.#work = work;
    this.#start = work();
  }

  look(): void {
    this.#looks++;
  }

  get isSpent(): boolean {
    const work = this.#work() - this.#start + this.told * workToTell + this.#looks * workToLook;
    return this.told >= devicesPerSlice || work >= workPerSlice;
  }
}
