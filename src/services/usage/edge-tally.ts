// What was counted around hubs and has not been carried to them yet, in the memory of this isolate alone: what is lost with it is in no
// bill.
import { addUsage, type Usage } from "../../domain/prices/hub-usage.ts";

export class EdgeTally {
  readonly #maxLines: number;
  /** By payer and key. Payers in the order in which they were first heard of. */
  readonly #lines = new Map<string, Map<string, Usage>>();
  #size = 0;
  /** Lines that were forgotten for want of room. */
  forgotten = 0;

  constructor(maxLines: number) {
    this.#maxLines = maxLines;
  }

  add(payer: string, key: string, usage: Usage): void {
    let lines = this.#lines.get(payer);
    const present = lines?.get(key);
    if (present) return addUsage(present, usage);
    if (this.#size >= this.#maxLines) this.#forgetOldest();
    lines = this.#lines.get(payer);
    if (!lines) this.#lines.set(payer, (lines = new Map()));
    lines.set(key, [...usage]);
    this.#size++;
  }

  /** Hands over what was counted of a payer, by key, at most so many lines; further ones stay. */
  take(payer: string, maxLines: number): [key: string, usage: Usage][] {
    const lines = this.#lines.get(payer);
    if (!lines) return [];
    const taken = [...lines].slice(0, maxLines);
    for (const [key] of taken) lines.delete(key);
    if (lines.size === 0) this.#lines.delete(payer);
    this.#size -= taken.length;
    return taken;
  }

  #forgetOldest(): void {
    for (const [payer, lines] of this.#lines) {
      this.#lines.delete(payer);
      this.#size -= lines.size;
      this.forgotten += lines.size;
      return;
    }
  }
}
