// Token buckets: so much a second, and bursts of as much as comes in two seconds. memory: full again after a wake.

const burstSeconds = 2;

export class Rate {
  readonly #perSecond: number;
  #tokens: number;
  #at = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * burstSeconds;
  }

  /** Whether nothing more may be taken. */
  isSpent(now: number): boolean {
    this.#fill(now);
    return this.#tokens <= 0;
  }

  /** Takes what cannot be refused any more: the debt counts. */
  take(amount: number): void {
    this.#tokens -= amount;
  }

  #fill(now: number): void {
    if (now > this.#at) {
      const gained = ((now - this.#at) / 1000) * this.#perSecond;
      this.#tokens = Math.min(this.#perSecond * burstSeconds, this.#tokens + gained);
      this.#at = now;
    }
  }
}
