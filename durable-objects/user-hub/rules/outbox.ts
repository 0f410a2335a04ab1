// Hands notifications to the queue, from the alarm and never while a message is handled. What the queue did not take is tried again,
// later each time; after a day it is given up, and the rule's log says so.
import type { Notification, NotifyJob } from "../../../src/domain/notifications.ts";
import type { PartContext } from "../part.ts";
import { RuleOutboxTable } from "../tables/rule-outbox.ts";
import type { Sql } from "../tables/sql.ts";

const perAlarm = 50;
const firstDelayMs = 10_000;
const longestDelayMs = 3_600_000;
/** With the delays above this is about a day. */
const maxAttempts = 32;

/** One that was tried: whether the queue took it. */
export interface Attempt {
  notification: Notification;
  attempts: number;
  isTaken: boolean;
}

export class Outbox {
  readonly #context: PartContext;
  readonly #table: RuleOutboxTable;
  readonly #givenUp: (notification: Notification) => void;
  /** memory: whether the alarm that hands over was asked for. */
  #isAsked = false;

  constructor(context: PartContext, sql: Sql, givenUp: (notification: Notification) => void) {
    this.#context = context;
    this.#table = new RuleOutboxTable(sql);
    this.#givenUp = givenUp;
  }

  add(notification: Notification): void {
    const now = this.#context.now();
    this.#table.add(notification, now);
    this.#isAsked = true;
    this.#context.wakeAt(now);
  }

  forgetRule(ruleId: string): void {
    this.#table.deleteOf(ruleId);
  }

  /** When the alarm is wanted; null: nothing waits, or the alarm is on its way. */
  due(now: number): number | null {
    const next = this.#table.nextAt();
    if (next === null || next > now) return next;
    if (this.#isAsked) return null;
    this.#isAsked = true;
    return now;
  }

  isDue(now: number): boolean {
    return (this.#table.nextAt() ?? Number.POSITIVE_INFINITY) <= now;
  }

  /** Sends what is due; for the object's alarm, outside of an event. */
  async tryAll(now: number, send: (job: NotifyJob) => Promise<unknown>): Promise<Attempt[]> {
    const due = this.#table.due(now, perAlarm);
    return Promise.all(
      due.map(async ({ notification, attempts }) => {
        try {
          await send({ type: "notify", ...notification });
          return { notification, attempts, isTaken: true };
        } catch (error) {
          const { notificationId } = notification;
          console.warn(JSON.stringify({ event: "hub.notify.failed", notificationId, attempts, error: String(error) }));
          return { notification, attempts, isTaken: false };
        }
      }),
    );
  }

  /** Notes what became of them; within an event. */
  settle(tried: readonly Attempt[]): void {
    this.#isAsked = false;
    const now = this.#context.now();
    for (const { notification, attempts, isTaken } of tried) {
      const { notificationId } = notification;
      const isLast = attempts + 1 >= maxAttempts;
      if (isTaken || isLast) this.#table.delete(notificationId);
      else this.#table.postpone(notificationId, now + Math.min(longestDelayMs, firstDelayMs * 3 ** attempts));
      if (!isTaken && isLast) this.#givenUp(notification);
    }
    const next = this.due(now);
    if (next !== null) this.#context.wakeAt(next);
  }
}
