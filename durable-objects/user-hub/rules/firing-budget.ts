// How often rules may fire: what keeps rules that set each other off, or a device that flaps, from doing so for ever.
// memory: full again after a wake.
import { maxRules } from "../../../src/domain/rules/rule.ts";

/** Of one rule, and of all together, in a minute. */
export const ruleFiringsPerMinute = 60;
export const hubFiringsPerMinute = 300;
/** A rule set off by what a rule did, and so on. */
export const maxChain = 5;

export class FiringBudget {
  #minute = 0;
  #total = 0;
  readonly #ofRule = new Map<string, number>();
  /** Rules whose log says that they were stopped in this minute. */
  readonly #told = new Set<string>();

  /** Why a rule may not fire now; null: it may, and has been counted. `chain`: how many rules came before it. */
  refusal(ruleId: string, now: number, chain: number): string | null {
    this.#turn(now);
    if (chain >= maxChain) return `${maxChain} rules in a row have set each other off.`;
    const count = this.#ofRule.get(ruleId) ?? 0;
    if (count >= ruleFiringsPerMinute) return `It fired ${ruleFiringsPerMinute} times this minute.`;
    if (this.#total >= hubFiringsPerMinute) return `All rules together fired ${hubFiringsPerMinute} times this minute.`;
    this.#ofRule.set(ruleId, count + 1);
    this.#total++;
    return null;
  }

  /** Whether that a rule was stopped is still to be written down: once a minute. */
  isNews(ruleId: string): boolean {
    if (this.#told.has(ruleId) || this.#told.size >= maxRules) return false;
    this.#told.add(ruleId);
    return true;
  }

  #turn(now: number): void {
    const minute = Math.floor(now / 60_000);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#total = 0;
    this.#ofRule.clear();
    this.#told.clear();
  }
}
