// Looks at the values of streams that a rule is about. A row is written when a value crosses a threshold, not for each message.
import { hasChanged, holds } from "../../../src/domain/rules/edge.ts";
import type { StreamValue } from "../../../src/domain/streams/values.ts";
import type { PartContext } from "../part.ts";
import type { Streams } from "../streams/streams.ts";
import type { RuleState } from "../tables/rule-states.ts";
import type { Firer } from "./firer.ts";
import type { RuleBook, StreamRule } from "./rule-book.ts";
import type { RuleStates } from "./rule-states.ts";

/** A datapoint of longer ago is history, and sets nothing off. */
const maxLateMs = 300_000;

export interface WatchOptions {
  context: PartContext;
  book: RuleBook;
  states: RuleStates;
  firer: Firer;
}

export class StreamWatch {
  readonly #context: PartContext;
  readonly #book: RuleBook;
  readonly #states: RuleStates;
  readonly #firer: Firer;
  readonly #streams: Streams;
  /** Last values of streams that a rule wants to hear change. memory: after a wake, the streams' own last values. */
  readonly #last = new Map<string, StreamValue>();

  constructor({ context, book, states, firer }: WatchOptions, streams: Streams) {
    this.#context = context;
    this.#book = book;
    this.#states = states;
    this.#firer = firer;
    this.#streams = streams;
  }

  /** Rules have changed: looks at no more streams than it has to. */
  arrange(): void {
    this.#last.clear();
    const isAsked = this.#book.byStream.size > 0;
    this.#streams.watcher = isAsked ? (key, value, at) => this.#received(key, value, at) : null;
  }

  #received(key: string, value: StreamValue, at: number): void {
    const rules = this.#book.byStream.get(key);
    if (!rules || this.#context.now() - at > maxLateMs) return;
    for (const rule of rules) {
      if (rule.trigger.is === "changed") this.#compare(rule, key, value);
      else this.#judge(rule, key, value);
    }
    if (rules.some(({ trigger }) => trigger.is === "changed")) this.#last.set(key, value);
  }

  #compare(rule: StreamRule, key: string, value: StreamValue): void {
    const [deviceId, stream] = split(key);
    const before = this.#last.get(key) ?? this.latest(deviceId, stream);
    if (hasChanged(before, value, rule.trigger.hysteresis)) this.#fire(rule, deviceId, value);
  }

  #judge(rule: StreamRule, key: string, value: StreamValue): void {
    const [deviceId] = split(key);
    const { trigger } = rule;
    const held = this.#states.get(rule.id, deviceId) !== null;
    const isHeld = holds(trigger, value, held);
    if (isHeld === held) return;
    if (!isHeld) return this.#states.delete(rule.id, deviceId);
    const since = this.#context.now();
    const dueAt = trigger.forSeconds > 0 ? since + trigger.forSeconds * 1000 : null;
    this.#states.set({ ruleId: rule.id, deviceId, since, dueAt });
    if (dueAt === null) this.#fire(rule, deviceId, value);
    else this.#context.wakeAt(dueAt);
  }

  /** It has stayed beyond the threshold for long enough. */
  due(rule: StreamRule, state: RuleState): void {
    this.#states.set({ ...state, dueAt: null });
    this.#fire(rule, state.deviceId, this.latest(state.deviceId, rule.trigger.stream));
  }

  /** The last value of a stream, as far as it is known. */
  latest(deviceId: string, stream: string): StreamValue | null {
    return this.#streams.latest(deviceId).get(stream)?.value ?? null;
  }

  #fire(rule: StreamRule, deviceId: string, value: StreamValue | null): void {
    this.#firer.fire(rule, { type: "stream", deviceId, stream: rule.trigger.stream, value });
  }
}

function split(key: string): [deviceId: string, stream: string] {
  const slash = key.indexOf("/");
  return [key.slice(0, slash), key.slice(slash + 1)];
}
