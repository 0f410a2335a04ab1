// How far each rule is with each device. sqlite: `rule_states`; memory: the same, read when the hub wakes.
import type { RuleState } from "../tables/rule-states.ts";
import { RuleStatesTable } from "../tables/rule-states.ts";
import type { Sql } from "../tables/sql.ts";

export class RuleStates {
  readonly #table: RuleStatesTable;
  /** By rule, then by device. */
  readonly #states = new Map<string, Map<string, RuleState>>();
  /** Those with something to come. */
  readonly #pending = new Set<RuleState>();

  constructor(sql: Sql, hasRules: boolean) {
    this.#table = new RuleStatesTable(sql);
    if (hasRules) for (const state of this.#table.all()) this.#keep(state);
  }

  get(ruleId: string, deviceId: string): RuleState | null {
    return this.#states.get(ruleId)?.get(deviceId) ?? null;
  }

  set(state: RuleState): void {
    this.#forget(state.ruleId, state.deviceId);
    this.#keep(state);
    this.#table.write(state);
  }

  delete(ruleId: string, deviceId: string): void {
    if (this.#forget(ruleId, deviceId)) this.#table.delete(ruleId, deviceId);
  }

  /** Devices of which a rule has a state. */
  devicesOf(ruleId: string): string[] {
    return [...(this.#states.get(ruleId)?.keys() ?? [])];
  }

  /** Those due by now. */
  due(now: number): RuleState[] {
    return [...this.#pending].filter(({ dueAt }) => dueAt !== null && dueAt <= now);
  }

  nextAt(): number | null {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#pending) if (dueAt !== null && dueAt < next) next = dueAt;
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  #keep(state: RuleState): void {
    let ofRule = this.#states.get(state.ruleId);
    if (!ofRule) this.#states.set(state.ruleId, (ofRule = new Map()));
    ofRule.set(state.deviceId, state);
    if (state.dueAt !== null) this.#pending.add(state);
  }

  #forget(ruleId: string, deviceId: string): boolean {
    const known = this.get(ruleId, deviceId);
    if (!known) return false;
    this.#pending.delete(known);
    return this.#states.get(ruleId)?.delete(deviceId) ?? false;
  }
}
