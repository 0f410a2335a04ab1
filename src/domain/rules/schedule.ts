// When a schedule comes due, on the clocks of its time zone. A time that the clocks skip in spring comes when they have skipped it; one
// that they show twice in autumn comes the first time.
import { Cron } from "croner";
import type { ScheduleTrigger } from "./rule.ts";

type Schedule = Pick<ScheduleTrigger, "timeZone" | "when">;

/** A schedule that is due later than this fires once, late; beyond, it was missed. */
export const longestDelayMs = 600_000;

/** Whether the platform knows the time zone by this name. */
export function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are none: they know no daylight saving.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name }).format(0);
    return true;
  } catch {
    return false;
  }
}

function cronOf({ timeZone, when }: Schedule): Cron {
  const pattern = "cron" in when ? when.cron : fields(when);
  return new Cron(pattern, { timezone: timeZone, mode: "5-part", paused: true });
}

function fields({ time, days }: { time: string; days: readonly string[] }): string {
  const [hour, minute] = time.split(":").map(Number);
  return `${minute} ${hour} * * ${days.length === 0 ? "*" : days.join(",")}`;
}

/** When it is due next after that time, epoch ms; null: never again. Throws for what is no schedule. */
export function nextAt(schedule: Schedule, after: number): number | null {
  return cronOf(schedule).nextRun(new Date(after))?.getTime() ?? null;
}

/** What is wrong with a cron expression; null: nothing. */
export function cronFault(cron: string, now: number): string | null {
  if (!/^\S+(?: \S+){4}$/.test(cron)) return "must have five fields: minute, hour, day of month, month, day of week";
  try {
    return nextAt({ timeZone: "UTC", when: { cron } }, now) === null ? "never comes due" : null;
  } catch (error) {
    return `is no cron expression: ${String((error as Error).message).replace(/^CronPattern: /, "")}`;
  }
}
