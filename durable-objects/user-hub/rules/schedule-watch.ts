// Schedules: each has a row that says when it comes due next. What came due while the hub could not run fires once if it is not late,
// and is written down as missed otherwise.
import type { Rule, ScheduleTrigger } from "../../../src/domain/rules/rule.ts";
import { longestDelayMs, nextAt } from "../../../src/domain/rules/schedule.ts";
import type { PartContext } from "../part.ts";
import type { RuleState } from "../tables/rule-states.ts";
import type { Firer } from "./firer.ts";
import type { RuleStates } from "./rule-states.ts";
import type { WatchOptions } from "./stream-watch.ts";

/** In place of a device's id. */
const noDevice = "";

export class ScheduleWatch {
  readonly #context: PartContext;
  readonly #states: RuleStates;
  readonly #firer: Firer;

  constructor({ context, states, firer }: WatchOptions) {
    this.#context = context;
    this.#states = states;
    this.#firer = firer;
  }

  begin(rule: Rule): void {
    const now = this.#context.now();
    const dueAt = nextAt(rule.trigger as ScheduleTrigger, now);
    if (dueAt === null) return this.#states.delete(rule.id, noDevice);
    this.#states.set({ ruleId: rule.id, deviceId: noDevice, since: now, dueAt });
    this.#context.wakeAt(dueAt);
  }

  /** When a rule fires next by its schedule; null: it has none, or is disabled. */
  nextAt(ruleId: string): number | null {
    return this.#states.get(ruleId, noDevice)?.dueAt ?? null;
  }

  due(rule: Rule, { dueAt }: RuleState): void {
    const isMissed = dueAt !== null && this.#context.now() - dueAt > longestDelayMs;
    if (isMissed) this.#firer.missed(rule, dueAt);
    else this.#firer.fire(rule, { type: "schedule", deviceId: null, stream: null, value: null });
    this.begin(rule);
  }
}
