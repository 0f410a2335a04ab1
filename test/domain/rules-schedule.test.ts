import { describe, expect, it } from "vitest";
import type { ScheduleTrigger, Weekday } from "../../src/domain/rules/rule.ts";
import { cronFault, isTimeZone, nextAt } from "../../src/domain/rules/schedule.ts";

/** The next times it is due after an instant, in UTC. */
function times(schedule: Pick<ScheduleTrigger, "timeZone" | "when">, after: string, count: number): string[] {
  const found: string[] = [];
  for (let at = nextAt(schedule, Date.parse(after)); at !== null && found.length < count; at = nextAt(schedule, at)) {
    found.push(new Date(at).toISOString().replace(":00.000Z", "Z"));
  }
  return found;
}

const daily = (timeZone: string, time: string, days: Weekday[] = []) => ({ timeZone, when: { time, days } });
const cron = (timeZone: string, text: string) => ({ timeZone, when: { cron: text } });

describe("a time of day", () => {
  it("is kept on the clocks of the zone, whatever their distance to UTC", () => {
    expect(times(daily("Europe/Berlin", "07:30"), "2026-03-28T12:00Z", 2)).toEqual([
      "2026-03-29T05:30Z",
      "2026-03-30T05:30Z",
    ]);
    expect(times(daily("Europe/Berlin", "07:30"), "2026-10-24T00:00Z", 2)).toEqual([
      "2026-10-24T05:30Z",
      "2026-10-25T06:30Z",
    ]);
    expect(times(daily("Asia/Kathmandu", "00:00"), "2026-06-01T00:00Z", 1)).toEqual(["2026-06-01T18:15Z"]);
  });

  it("comes on the days that it names, as they are where the clocks are", () => {
    const weekend = daily("Pacific/Auckland", "06:00", ["sat", "sun"]);
    expect(times(weekend, "2026-11-20T00:00Z", 3)).toEqual([
      "2026-11-20T17:00Z",
      "2026-11-21T17:00Z",
      "2026-11-27T17:00Z",
    ]);
  });

  // Each: zone, time that does not exist on that day, the day before, that day, the day after.
  it.each([
    ["Europe/Berlin", "02:30", "2026-03-28T00:00Z", ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"]],
    ["America/New_York", "02:30", "2026-03-07T00:00Z", ["2026-03-07T07:30Z", "2026-03-08T07:00Z", "2026-03-09T06:30Z"]],
    ["Australia/Sydney", "02:30", "2026-10-02T00:00Z", ["2026-10-02T16:30Z", "2026-10-03T16:00Z", "2026-10-04T15:30Z"]],
    ["America/Santiago", "00:00", "2026-09-05T00:00Z", ["2026-09-05T04:00Z", "2026-09-06T04:00Z", "2026-09-07T03:00Z"]],
    // The clocks skip half an hour.
    [
      "Australia/Lord_Howe",
      "02:15",
      "2026-10-02T00:00Z",
      ["2026-10-02T15:45Z", "2026-10-03T15:30Z", "2026-10-04T15:15Z"],
    ],
  ])("that %s skips in spring (%s) comes once, when it is skipped", (timeZone, time, after, expected) => {
    expect(times(daily(timeZone, time), after, 3)).toEqual(expected);
  });

  it.each([
    ["Europe/Berlin", "02:30", "2026-10-24T00:00Z", ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"]],
    ["America/New_York", "01:30", "2026-10-31T00:00Z", ["2026-10-31T05:30Z", "2026-11-01T05:30Z", "2026-11-02T06:30Z"]],
    ["Australia/Sydney", "02:30", "2026-04-03T00:00Z", ["2026-04-03T15:30Z", "2026-04-04T15:30Z", "2026-04-05T16:30Z"]],
    [
      "Australia/Lord_Howe",
      "01:45",
      "2026-04-03T00:00Z",
      ["2026-04-03T14:45Z", "2026-04-04T14:45Z", "2026-04-05T15:15Z"],
    ],
  ])("that %s shows twice in autumn (%s) comes once, the first time", (timeZone, time, after, expected) => {
    expect(times(daily(timeZone, time), after, 3)).toEqual(expected);
  });
});

describe("a cron expression", () => {
  it("of every hour is kept in every hour that there is, the repeated one too", () => {
    expect(times(cron("Europe/Berlin", "15 * * * *"), "2026-10-25T00:00Z", 3)).toEqual([
      "2026-10-25T00:15Z",
      "2026-10-25T01:15Z",
      "2026-10-25T02:15Z",
    ]);
    expect(times(cron("Europe/Berlin", "15 * * * *"), "2026-03-29T00:00Z", 2)).toEqual([
      "2026-03-29T00:15Z",
      "2026-03-29T01:15Z",
    ]);
  });

  it("that is daily comes on every day of a year, in any zone", () => {
    for (const timeZone of [
      "Europe/London",
      "America/Sao_Paulo",
      "Africa/Cairo",
      "Australia/Adelaide",
      "Asia/Kolkata",
    ]) {
      for (const text of ["0 0 * * *", "30 1 * * *", "30 2 * * *", "0 3 * * *"]) {
        const days = new Set<string>();
        const clock = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short" });
        let at = Date.parse("2027-01-05T12:00Z");
        for (let i = 0; i < 365; i++) {
          at = nextAt(cron(timeZone, text), at) as number;
          days.add(clock.format(at));
        }
        expect(days.size, `${timeZone} ${text}`).toBe(365);
      }
    }
  });

  it("is refused when it is none, has seconds, or never comes due", () => {
    const now = Date.parse("2026-11-22T00:00Z");
    expect(cronFault("*/5 8-18 * * mon-fri", now)).toBeNull();
    expect(cronFault("0 0 29 2 *", now)).toBeNull();
    expect(cronFault("0 0 30 2 *", now)).toBe("never comes due");
    expect(cronFault("* * * * * *", now)).toMatch(/five fields/);
    expect(cronFault("@daily", now)).toMatch(/five fields/);
    expect(cronFault("61 * * * *", now)).toMatch(/minute/);
    expect(cronFault("a b c d e", now)).toMatch(/no cron expression/);
  });
});

describe("a time zone", () => {
  it("is one of IANA's names", () => {
    for (const name of ["Europe/Berlin", "America/Argentina/Ushuaia", "UTC"]) expect(isTimeZone(name)).toBe(true);
    for (const name of ["", "Berlin", "+01:00", "Europe/Atlantis", "local"]) expect(isTimeZone(name)).toBe(false);
  });
});
