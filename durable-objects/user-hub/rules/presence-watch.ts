// Devices that go and come, for the rules that ask. A row for as long as a device is away: its absence outlives the object, also when
// the object died and took the connection with it.
import type { PresenceTrigger, Rule } from "../../../src/domain/rules/rule.ts";
import type { PartContext } from "../part.ts";
import type { RuleState } from "../tables/rule-states.ts";
import type { Firer } from "./firer.ts";
import type { RuleBook } from "./rule-book.ts";
import type { RuleStates } from "./rule-states.ts";
import type { WatchOptions } from "./stream-watch.ts";

export class PresenceWatch {
  readonly #context: PartContext;
  readonly #book: RuleBook;
  readonly #states: RuleStates;
  readonly #firer: Firer;
  /** memory: whether it was looked, since the wake, for devices that died with the object. */
  #isReconciled = false;

  constructor({ context, book, states, firer }: WatchOptions) {
    this.#context = context;
    this.#book = book;
    this.#states = states;
    this.#firer = firer;
  }

  watches(deviceId: string): boolean {
    return this.#book.byPresence.has(deviceId);
  }

  changed(deviceId: string): void {
    const rules = this.#book.byPresence.get(deviceId);
    if (!rules) return;
    const isPresent = this.#context.isPresent(deviceId);
    for (const rule of rules) {
      if (isPresent) this.#came(rule, deviceId);
      else this.#left(rule, deviceId, this.#context.now());
    }
  }

  /** A rule begins to be about a device. One that has been away for longer than it asks for has gone before, and sets nothing off. */
  begin(rule: Rule, deviceId: string): void {
    if (this.#context.isPresent(deviceId)) return;
    const now = this.#context.now();
    const seenAt = this.#context.lastSeenAt(deviceId);
    const isOver = seenAt === null || seenAt + triggerOf(rule).forSeconds * 1000 <= now;
    if (isOver) this.#states.set({ ruleId: rule.id, deviceId, since: seenAt ?? now, dueAt: null });
    else this.#left(rule, deviceId, seenAt);
  }

  /** Whoever is not there and was not known to be away was lost with the object; the absence counts from now. */
  reconcile(): void {
    if (this.#isReconciled) return;
    this.#isReconciled = true;
    for (const [deviceId, rules] of this.#book.byPresence) {
      if (this.#context.isPresent(deviceId)) continue;
      for (const rule of rules) this.#left(rule, deviceId, this.#context.now());
    }
  }

  /** It has been away for long enough. */
  due(rule: Rule, state: RuleState): void {
    this.#states.set({ ...state, dueAt: null });
    this.#firer.fire(rule, { type: "offline", deviceId: state.deviceId, stream: null, value: null });
  }

  #came(rule: Rule, deviceId: string): void {
    const state = this.#states.get(rule.id, deviceId);
    if (!state) return;
    this.#states.delete(rule.id, deviceId);
    const { type, forSeconds } = triggerOf(rule);
    const awayMs = this.#context.now() - state.since;
    if (type !== "online" || awayMs < forSeconds * 1000) return;
    this.#firer.fire(rule, { type: "online", deviceId, stream: null, value: null });
  }

  #left(rule: Rule, deviceId: string, since: number): void {
    if (this.#states.get(rule.id, deviceId)) return;
    const { type, forSeconds } = triggerOf(rule);
    const dueAt = type === "offline" ? since + forSeconds * 1000 : null;
    this.#states.set({ ruleId: rule.id, deviceId, since, dueAt });
    if (dueAt !== null) this.#context.wakeAt(dueAt);
  }
}

function triggerOf({ trigger }: Rule): PresenceTrigger {
  return trigger as PresenceTrigger;
}
