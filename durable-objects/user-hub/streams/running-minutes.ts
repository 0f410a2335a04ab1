// What came in over one connection and is not in SQLite yet: for each stream its last value and its unfinished minutes. Lives in
// the attachment, as one array that is changed in place, so that a datapoint costs a look-up and some additions.
import type { Slot } from "../../../src/domain/streams/series.ts";
import type { StreamValue } from "../../../src/domain/streams/values.ts";
import { minuteMs } from "../../../src/domain/streams/series.ts";
import { runningInAttachmentBytes } from "../limits.ts";

/** attachment: all of it. */
export interface RunningState {
  /** Epoch ms at which the first of it came. */
  since: number;
  /** `{deviceId}/{name}`, by number of the stream. */
  keys: string[];
  /** Last values that are texts. */
  texts: [stream: number, text: string][];
  /**
   * Records of five cells. A stream's: minus its number and 1, the kind of its last value, its time, the value, where its
   * latest minute is. A minute's: stream and minute, count, sum, minimum, maximum. Two datapoints': stream and a mark, time, value,
   * time, value; the second time is 0 until there is one.
   */
  cells: Float64Array;
  used: number;
}

/** A stream's last value. Null: it was taken back, or is too long to keep. */
export interface LastValue {
  value: StreamValue | null;
  /** Epoch ms. */
  at: number;
}

const recordCells = 5;
const firstCells = 8 * recordCells;
/** Above any number of a minute until the year 10,000. */
const minutesOfStream = 2 ** 33;
const rawMark = 2 ** 32;
const kinds = { none: 0, number: 1, boolean: 2, text: 3 } as const;

/** memory: an index over the state, which is the truth. */
export class RunningMinutes {
  readonly state: RunningState;
  /** Where a stream's record is, by key. */
  readonly #records = new Map<string, number>();
  /** Of keys and texts, in the attachment. */
  #textBytes = 0;

  constructor(state: RunningState) {
    this.state = state;
    for (const key of state.keys) this.#textBytes += attachedBytes(key);
    for (const [, text] of state.texts) this.#textBytes += attachedBytes(text);
    for (let at = 0; at < state.used; at += recordCells) {
      const tag = state.cells[at] as number;
      if (tag < 0) this.#records.set(state.keys[-tag - 1] as string, at);
    }
  }

  static begin(now: number): RunningMinutes {
    return new RunningMinutes({ since: now, keys: [], texts: [], cells: new Float64Array(firstCells), used: 0 });
  }

  /** Counts a number in its minute. False: there is no room; nothing has changed that matters. */
  addNumber(key: string, value: number, at: number, isRaw = false): boolean {
    const record = this.#records.get(key) ?? this.#open(key);
    if (record < 0) return false;
    const raw = isRaw ? this.#placeForRaw(record) : -1;
    if (isRaw && raw < 0) return false;
    const minute = this.#minuteOf(record, Math.floor(at / minuteMs));
    if (minute < 0) return false;
    const { cells } = this.state;
    if (raw >= 0) cells.set([at, value], raw);
    if (at >= (cells[record + 2] as number)) this.#keep(record, kinds.number, value, at);
    cells[minute + 1] = (cells[minute + 1] as number) + 1;
    cells[minute + 2] = (cells[minute + 2] as number) + value;
    if (value < (cells[minute + 3] as number)) cells[minute + 3] = value;
    if (value > (cells[minute + 4] as number)) cells[minute + 4] = value;
    return true;
  }

  /** Keeps a last value that is no number; null: from now on there is none. False: there is no room. */
  addOther(key: string, value: boolean | string | null, at: number): boolean {
    const record = this.#records.get(key) ?? this.#open(key);
    if (record < 0) return false;
    if (at < (this.state.cells[record + 2] as number)) return true;
    if (typeof value === "string") {
      if (!this.#hasRoom(0, attachedBytes(value))) return false;
      this.#keep(record, kinds.text, 0, at);
      this.state.texts.push([this.#streamOf(record), value]);
      this.#textBytes += attachedBytes(value);
    } else if (value === null) {
      this.#keep(record, kinds.none, 0, at);
    } else {
      this.#keep(record, kinds.boolean, value ? 1 : 0, at);
    }
    return true;
  }

  /** The last values of all streams, by key. */
  *lasts(): Iterable<[key: string, LastValue]> {
    for (const key of this.state.keys) {
      const last = this.#last(key);
      if (last) yield [key, last];
    }
  }

  #last(key: string): LastValue | null {
    const record = this.#records.get(key) as number;
    const { cells } = this.state;
    const at = cells[record + 2] as number;
    if (at === Number.NEGATIVE_INFINITY) return null;
    const number = cells[record + 3] as number;
    switch (cells[record + 1]) {
      case kinds.number:
        return { value: number, at };
      case kinds.boolean:
        return { value: number === 1, at };
      case kinds.text:
        return { value: this.#textOf(record), at };
      default:
        return { value: null, at };
    }
  }

  *minutes(): Iterable<[key: string, Slot]> {
    const { cells, keys, used } = this.state;
    for (let at = 0; at < used; at += recordCells) {
      const tag = cells[at] as number;
      if (tag < 0 || tag % minutesOfStream >= rawMark) continue;
      const [count, sum, min, max] = cells.subarray(at + 1, at + recordCells) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const stream = Math.floor(tag / minutesOfStream);
      yield [keys[stream] as string, { index: tag % minutesOfStream, count, sum, min, max }];
    }
  }

  /** Single datapoints, a slot each: its index is the millisecond. */
  *datapoints(): Iterable<[key: string, Slot]> {
    const { cells, keys, used } = this.state;
    for (let record = 0; record < used; record += recordCells) {
      const tag = cells[record] as number;
      if (tag < 0 || tag % minutesOfStream < rawMark) continue;
      for (const cell of [record + 1, record + 3]) {
        const [at, value] = [cells[cell] as number, cells[cell + 1] as number];
        if (at === 0) continue;
        const key = keys[Math.floor(tag / minutesOfStream)] as string;
        yield [key, { index: at, count: 1, sum: value, min: value, max: value }];
      }
    }
  }

  /** Where the next datapoint of a stream goes; -1: no room. */
  #placeForRaw(record: number): number {
    const tag = this.#streamOf(record) * minutesOfStream + rawMark;
    const { cells, used } = this.state;
    for (let at = used - recordCells; at >= 0; at -= recordCells) {
      if (cells[at] !== tag) continue;
      if (cells[at + 1] === 0) return at + 1;
      if (cells[at + 3] === 0) return at + 3;
      break;
    }
    return this.#hasRoom(recordCells, 0) ? this.#append(tag, 0, 0, 0, 0) + 1 : -1;
  }

  /** The record of a stream that is new here; -1: no room. */
  #open(key: string): number {
    if (!this.#hasRoom(recordCells, attachedBytes(key))) return -1;
    const { state } = this;
    const record = this.#append(-state.keys.length - 1, kinds.none, Number.NEGATIVE_INFINITY, 0, 0);
    state.keys.push(key);
    this.#textBytes += attachedBytes(key);
    this.#records.set(key, record);
    return record;
  }

  /** The record of a minute of a stream; -1: no room. */
  #minuteOf(record: number, minute: number): number {
    const { cells } = this.state;
    const tag = this.#streamOf(record) * minutesOfStream + minute;
    const latest = cells[record + 4] as number;
    if (latest > 0 && cells[latest] === tag) return latest;
    const known = this.#find(tag);
    if (known >= 0) return (cells[record + 4] = known);
    if (!this.#hasRoom(recordCells, 0)) return -1;
    const added = this.#append(tag, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    this.state.cells[record + 4] = added;
    return added;
  }

  #find(tag: number): number {
    const { cells, used } = this.state;
    for (let at = used - recordCells; at >= 0; at -= recordCells) if (cells[at] === tag) return at;
    return -1;
  }

  #streamOf(record: number): number {
    return -(this.state.cells[record] as number) - 1;
  }

  #textOf(record: number): string | null {
    const stream = this.#streamOf(record);
    return this.state.texts.find(([of]) => of === stream)?.[1] ?? null;
  }

  #keep(record: number, kind: number, value: number, at: number): void {
    const { cells } = this.state;
    if (cells[record + 1] === kinds.text) this.#forgetText(record);
    cells[record + 1] = kind;
    cells[record + 2] = at;
    cells[record + 3] = value;
  }

  #forgetText(record: number): void {
    const stream = this.#streamOf(record);
    const { texts } = this.state;
    const at = texts.findIndex(([of]) => of === stream);
    if (at < 0) return;
    this.#textBytes -= attachedBytes(texts[at]?.[1] ?? "");
    texts.splice(at, 1);
  }

  /** Whether so many more cells and bytes of text fit; makes room for the cells. */
  #hasRoom(moreCells: number, moreTextBytes: number): boolean {
    const { state } = this;
    const textBytes = this.#textBytes + moreTextBytes;
    const needed = state.used + moreCells;
    if (needed <= state.cells.length) return textBytes + state.cells.byteLength <= runningInAttachmentBytes;
    const most = Math.floor((runningInAttachmentBytes - textBytes) / 8 / recordCells) * recordCells;
    if (needed > most) return false;
    const larger = new Float64Array(Math.min(most, state.cells.length * 2));
    larger.set(state.cells);
    state.cells = larger;
    return true;
  }

  #append(...record: [number, number, number, number, number]): number {
    const at = this.state.used;
    this.state.cells.set(record, at);
    this.state.used += recordCells;
    return at;
  }
}

/** What a text takes in an attachment: two bytes a character at worst, and a header. */
function attachedBytes(text: string): number {
  return text.length * 2 + 8;
}
