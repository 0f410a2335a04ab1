// What rules did, as their owner reads it. sqlite: `rule_firings`.
import type { DeliveryReport, Notification } from "../../../src/domain/notifications.ts";
import { type Firing, withFiring, withReport } from "../../../src/domain/rules/firing.ts";
import { RuleFiringsTable } from "../tables/rule-firings.ts";
import type { Sql } from "../tables/sql.ts";

export class FiringLog {
  readonly #table: RuleFiringsTable;

  constructor(sql: Sql) {
    this.#table = new RuleFiringsTable(sql);
  }

  add(ruleId: string, firing: Firing): void {
    this.#table.write(
      ruleId,
      withFiring(this.#table.read(ruleId), firing),
      firing.outcome === "fired" ? firing.at : null,
    );
  }

  /** The latest first. */
  read(ruleId: string): Firing[] {
    return this.#table.read(ruleId).toReversed();
  }

  lastFiredAt(): Map<string, number | null> {
    return this.#table.lastFiredAt();
  }

  /** A delivery was settled. One that is repeated, or of a firing that is no longer kept, writes nothing. */
  report(report: DeliveryReport): void {
    const after = withReport(this.#table.read(report.ruleId), report);
    if (after) this.#table.write(report.ruleId, after, null);
  }

  /** A notification that the queue never took. */
  givenUp({ notificationId, ruleId, channels }: Notification, at: number): void {
    const detail = "The queue could not be reached for a day.";
    for (const { kind, ...channel } of channels) {
      const targetId = "webhookId" in channel ? channel.webhookId : null;
      this.report({ notificationId, ruleId, kind, targetId, status: "failed", detail, at });
    }
  }

  forgetRule(ruleId: string): void {
    this.#table.delete(ruleId);
  }
}
