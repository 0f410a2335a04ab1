// The rules of the user, as a part of the broker: they hear of streams and of presence, have deadlines on the object's alarm, and run
// whether or not an app is open. A hub without rules reads one empty table when it wakes, and does nothing else for them.
import { type CredentialState, deletedVersion } from "../../../src/domain/credentials.ts";
import type { Rule } from "../../../src/domain/rules/rule.ts";
import type { Part, PartContext } from "../part.ts";
import type { Streams } from "../streams/streams.ts";
import type { Sql } from "../tables/sql.ts";
import { Actions } from "./actions.ts";
import { Firer } from "./firer.ts";
import { FiringLog } from "./firing-log.ts";
import { Outbox } from "./outbox.ts";
import { PresenceWatch } from "./presence-watch.ts";
import { isStreamRule, RuleBook } from "./rule-book.ts";
import { RuleCalls } from "./rule-calls.ts";
import { RuleStates } from "./rule-states.ts";
import { ScheduleWatch } from "./schedule-watch.ts";
import { StreamWatch } from "./stream-watch.ts";

export class Rules implements Part {
  /** What calls from outside go to. */
  readonly calls: RuleCalls;
  readonly outbox: Outbox;
  readonly #context: PartContext;
  readonly #book: RuleBook;
  readonly #states: RuleStates;
  readonly #streams: StreamWatch;
  readonly #presence: PresenceWatch;
  readonly #schedules: ScheduleWatch;

  constructor(context: PartContext, { sql, hubId, streams }: { sql: Sql; hubId: string; streams: Streams }) {
    const book = new RuleBook(sql);
    const states = new RuleStates(sql, book.size > 0);
    const log = new FiringLog(sql);
    const outbox = new Outbox(context, sql, (notification) => log.givenUp(notification, context.now()));
    const firer = new Firer({ context, book, log, actions: new Actions({ context, hubId, outbox }) });
    const options = { context, book, states, firer };
    this.#context = context;
    this.#book = book;
    this.#states = states;
    this.outbox = outbox;
    this.#streams = new StreamWatch(options, streams);
    this.#presence = new PresenceWatch(options);
    this.#schedules = new ScheduleWatch(options);
    this.calls = new RuleCalls({
      book,
      firer,
      log,
      nextAt: (ruleId) => this.#schedules.nextAt(ruleId),
      latest: (deviceId, stream) => this.#streams.latest(deviceId, stream),
      changed: (before, after) => this.#ruleChanged(before, after),
    });
    this.#streams.arrange();
  }

  presenceChanged(deviceId: string): void {
    this.#presence.changed(deviceId);
  }

  watchesPresence(deviceId: string): boolean {
    return this.#presence.watches(deviceId);
  }

  due(now: number): number | null {
    if (this.#book.size === 0) return null;
    this.#presence.reconcile();
    for (const state of this.#states.due(now)) {
      const rule = this.#book.get(state.ruleId);
      if (!rule) this.#states.delete(state.ruleId, state.deviceId);
      else if (isStreamRule(rule)) this.#streams.due(rule, state);
      else if (rule.trigger.type === "schedule") this.#schedules.due(rule, state);
      else this.#presence.due(rule, state);
    }
    const next = Math.min(
      this.#states.nextAt() ?? Number.POSITIVE_INFINITY,
      this.outbox.due(now) ?? Number.POSITIVE_INFINITY,
    );
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  /** Devices came, were changed or deleted: a tag may mean others than before. A rule about nobody stays, for its owner to look at. */
  credentialsChanged(states: readonly CredentialState[]): void {
    const ofDevices = states.filter(({ subject }) => subject.startsWith("dev_"));
    const isConcerned = this.#book.asksForTags ? ofDevices.length > 0 : ofDevices.some(isDeleted);
    if (this.#book.size === 0 || !isConcerned) return;
    const before = new Map([...this.#book.all()].map(({ id }) => [id, new Set(this.#book.membersOf(id))]));
    this.#arrange();
    for (const rule of this.#book.all()) {
      const members = new Set(this.#book.membersOf(rule.id));
      const known = before.get(rule.id) ?? new Set();
      for (const deviceId of members) if (!known.has(deviceId)) this.#beginFor(rule, deviceId);
      for (const deviceId of known) if (!members.has(deviceId)) this.#states.delete(rule.id, deviceId);
    }
  }

  /** After the book has changed. A rule that asks for something else than before, or is enabled, begins anew. */
  #ruleChanged(before: Rule | null, after: Rule | null): void {
    const id = (before ?? after)?.id ?? "";
    this.#arrange();
    const isSame = before && after && before.enabled === after.enabled && sameText(before.trigger, after.trigger);
    if (isSame) return;
    for (const deviceId of this.#states.devicesOf(id)) this.#states.delete(id, deviceId);
    if (!after) this.outbox.forgetRule(id);
    if (!after?.enabled) return;
    if (after.trigger.type === "schedule") this.#schedules.begin(after);
    for (const deviceId of this.#book.membersOf(id)) this.#beginFor(after, deviceId);
  }

  #beginFor(rule: Rule, deviceId: string): void {
    if (rule.trigger.type === "offline" || rule.trigger.type === "online") this.#presence.begin(rule, deviceId);
  }

  #arrange(): void {
    this.#book.arrange();
    this.#streams.arrange();
    if (this.#book.byPresence.size === 0) return;
    this.#context.watchPresence();
    // Devices that poll are looked at again, for now somebody waits to hear that they stay away.
    this.#context.wakeAt(this.#context.now());
  }
}

function isDeleted({ version }: CredentialState): boolean {
  return version === deletedVersion;
}

function sameText(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
