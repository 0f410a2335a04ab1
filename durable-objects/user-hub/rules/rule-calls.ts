// Rules as the API asks for them. Answers are JSON text, for the types of RPC end at recursive ones.
import type { DeliveryReport } from "../../../src/domain/notifications.ts";
import type { Firing } from "../../../src/domain/rules/firing.ts";
import type { RuleCall } from "../../../src/domain/rules/call.ts";
import { faultsOf } from "../../../src/domain/rules/faults.ts";
import { maxRules, type Rule, type RuleView } from "../../../src/domain/rules/rule.ts";
import type { StreamValue } from "../../../src/domain/streams/values.ts";
import type { Result } from "../../../src/errors.ts";
import type { Firer } from "./firer.ts";
import type { FiringLog } from "./firing-log.ts";
import type { RuleBook } from "./rule-book.ts";

export interface RuleCallsOptions {
  book: RuleBook;
  firer: Firer;
  log: FiringLog;
  nextAt: (ruleId: string) => number | null;
  latest: (deviceId: string, stream: string) => StreamValue | null;
  /** After the book has changed; null: there was or is none. */
  changed: (before: Rule | null, after: Rule | null) => void;
}

const noRule = { ok: false, code: "not_found", message: "There is no such rule." } as const;

export class RuleCalls {
  readonly #options: RuleCallsOptions;

  constructor(options: RuleCallsOptions) {
    this.#options = options;
  }

  answer(call: RuleCall): Result<string> {
    if (call.type === "list") return json([...this.#options.book.all()].map(this.#viewer()));
    if (call.type === "create") return this.#create(call.rule);
    const rule = this.#options.book.get(call.ruleId);
    if (!rule) return noRule;
    switch (call.type) {
      case "get":
        return json(this.#viewer()(rule));
      case "change":
        return this.#change(rule, { ...rule, ...call.change, author: call.author, updatedAt: call.now });
      case "delete":
        return this.#delete(rule);
      case "test":
        return json(this.#test(rule));
      case "firings":
        return json(this.#options.log.read(rule.id));
    }
  }

  /** A delivery of a notification was settled. May come twice, and after the rule was deleted. */
  delivered(report: DeliveryReport): Result<null> {
    if (this.#options.book.get(report.ruleId)) this.#options.log.report(report);
    return { ok: true, value: null };
  }

  #create(rule: Rule): Result<string> {
    const { book, changed } = this.#options;
    if (book.size >= maxRules) {
      return { ok: false, code: "quota_exceeded", message: `There are at most ${maxRules} rules. Delete one first.` };
    }
    book.write(rule);
    changed(null, rule);
    return json(this.#viewer()(rule));
  }

  #change(before: Rule, after: Rule): Result<string> {
    const faults = faultsOf(after, after.updatedAt);
    if (faults.length > 0) return { ok: false, code: "bad_request", message: faults.join("; ") };
    this.#options.book.write(after);
    this.#options.changed(before, after);
    return json(this.#viewer()(after));
  }

  #delete(rule: Rule): Result<string> {
    this.#options.book.delete(rule.id);
    this.#options.log.forgetRule(rule.id);
    this.#options.changed(rule, null);
    return json(null);
  }

  /** As if it had fired for the first of its devices, with the value that its stream has. */
  #test(rule: Rule): Firing {
    const { book, firer, latest } = this.#options;
    const deviceId = book.anyDeviceOf(rule);
    const stream = rule.trigger.type === "stream" ? rule.trigger.stream : null;
    const value = deviceId !== null && stream !== null ? latest(deviceId, stream) : null;
    return firer.test(rule, { deviceId, stream, value });
  }

  #viewer(): (rule: Rule) => RuleView {
    const firedAt = this.#options.log.lastFiredAt();
    return (rule) => ({
      ...rule,
      nextAt: this.#options.nextAt(rule.id),
      lastFiredAt: firedAt.get(rule.id) ?? null,
    });
  }
}

function json(value: object | null): Result<string> {
  return { ok: true, value: JSON.stringify(value) };
}
