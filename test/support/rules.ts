// Rules in a virtual hub: made without the API, and what they did.
import type { RuleCall } from "../../src/domain/rules/call.ts";
import type { Firing } from "../../src/domain/rules/firing.ts";
import type { Action, PresenceTrigger, RuleView, ScheduleTrigger, StreamTrigger } from "../../src/domain/rules/rule.ts";
import { newId } from "../../src/domain/ids.ts";
import type { VirtualHub } from "./virtual-hub.ts";

type Given =
  | (Partial<StreamTrigger> & Pick<StreamTrigger, "type" | "device">)
  | PresenceTrigger
  | (Pick<ScheduleTrigger, "type" | "when"> & Partial<ScheduleTrigger>);

export const publishes = (topic: string, payload = "{value}"): Action => {
  return { type: "publish", topic, payload, qos: 0, retain: false };
};

function ask<T>(hub: VirtualHub, call: RuleCall): T {
  const answer = hub.broker.during(() => hub.parts.rules.calls.answer(call));
  if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`);
  return JSON.parse(answer.value) as T;
}

export class VirtualRule {
  readonly #hub: VirtualHub;
  readonly id = newId("rul");

  constructor(hub: VirtualHub, given: Given, actions: Action[] = [publishes("shared/fired")]) {
    this.#hub = hub;
    const stream = { stream: "t", is: "above", value: 30, hysteresis: 0, forSeconds: 0 } as const;
    const defaults = given.type === "stream" ? stream : given.type === "schedule" ? { timeZone: "UTC" } : {};
    const trigger = { ...defaults, ...given } as StreamTrigger;
    const times = { createdAt: hub.now, updatedAt: hub.now };
    const rule = { id: this.id, name: "Rule", enabled: true, trigger, actions, author: "usr_1", ...times };
    ask(hub, { type: "create", rule });
  }

  get view(): RuleView {
    return ask(this.#hub, { type: "get", ruleId: this.id });
  }

  change(change: Extract<RuleCall, { type: "change" }>["change"]): void {
    ask(this.#hub, { type: "change", ruleId: this.id, change, author: "usr_1", now: this.#hub.now });
  }

  delete(): void {
    ask(this.#hub, { type: "delete", ruleId: this.id });
  }

  /** The oldest first. */
  get log(): Firing[] {
    return ask<Firing[]>(this.#hub, { type: "firings", ruleId: this.id }).toReversed();
  }

  /** How often it fired. */
  get times(): number {
    return this.log.filter(({ outcome }) => outcome === "fired").length;
  }
}
