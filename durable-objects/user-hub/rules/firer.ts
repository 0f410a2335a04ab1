// Fires rules: when everybody has heard of what set them off, as often as they may, and with a line in their log.
import { newId } from "../../../src/domain/ids.ts";
import type { Cause, Firing } from "../../../src/domain/rules/firing.ts";
import type { Rule } from "../../../src/domain/rules/rule.ts";
import { conditionOf } from "../../../src/domain/rules/words.ts";
import type { PartContext } from "../part.ts";
import type { Actions } from "./actions.ts";
import { FiringBudget } from "./firing-budget.ts";
import type { FiringLog } from "./firing-log.ts";
import type { RuleBook } from "./rule-book.ts";

/** What set a rule off. */
export type Occasion = Pick<Cause, "type" | "deviceId" | "stream" | "value">;

/** Of a text in the log. */
const maxLoggedText = 256;

export interface FirerOptions {
  context: PartContext;
  book: RuleBook;
  log: FiringLog;
  actions: Actions;
}

export class Firer {
  readonly #context: PartContext;
  readonly #book: RuleBook;
  readonly #log: FiringLog;
  readonly #actions: Actions;
  readonly #budget = new FiringBudget();
  /** How many rules led to what happens at present. */
  #chain = 0;

  constructor({ context, book, log, actions }: FirerOptions) {
    this.#context = context;
    this.#book = book;
    this.#log = log;
    this.#actions = actions;
  }

  fire(rule: Rule, occasion: Occasion): void {
    const chain = this.#chain;
    this.#context.later(() => {
      const reason = this.#budget.refusal(rule.id, this.#context.now(), chain);
      if (reason === null) this.#perform(rule, occasion, chain + 1);
      else if (this.#budget.isNews(rule.id)) this.#refuse(rule, occasion, "suppressed", reason);
    });
  }

  /** A schedule that came due when it could not be kept. */
  missed(rule: Rule, dueAt: number): void {
    const reason = `It was due at ${new Date(dueAt).toISOString()}, and the hub could not run then.`;
    this.#refuse(rule, { type: "schedule", deviceId: null, stream: null, value: null }, "missed", reason);
  }

  /** Fires at once because its owner says so, enabled or not. */
  test(rule: Rule, occasion: Omit<Occasion, "type">): Firing {
    return this.#perform(rule, { ...occasion, type: "test" }, 1);
  }

  #perform(rule: Rule, occasion: Occasion, chain: number): Firing {
    const cause = this.#causeOf(rule, occasion);
    const before = this.#chain;
    this.#chain = chain;
    try {
      const actions = this.#actions.perform(rule, cause);
      return this.#write(rule, { outcome: "fired", cause, reason: null, actions });
    } finally {
      this.#chain = before;
    }
  }

  #refuse(rule: Rule, occasion: Occasion, outcome: "suppressed" | "missed", reason: string): void {
    this.#write(rule, { outcome, cause: this.#causeOf(rule, occasion), reason, actions: [] });
  }

  #write(rule: Rule, what: Omit<Firing, "id" | "at">): Firing {
    const at = this.#context.now();
    const firing = { id: newId("fir", at), at, ...what };
    this.#log.add(rule.id, firing);
    return firing;
  }

  #causeOf(rule: Rule, { type, deviceId, stream, value }: Occasion): Cause {
    const deviceName = deviceId === null ? null : (this.#book.aboutDevice(deviceId)?.name ?? null);
    const shown = typeof value === "string" ? value.slice(0, maxLoggedText) : value;
    return { type, deviceId, deviceName, stream, value: shown, condition: conditionOf(rule.trigger) };
  }
}
