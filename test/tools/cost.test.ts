// From what a replay counts to the month's bill, with counts made up for the purpose. The replay itself is `npm run cost`.
import { describe, expect, it } from "vitest";
import { platformPrices } from "../../src/domain/prices/price-list.ts";
import { monthOf, slowestHandler } from "../../tools/cost/extrapolate.ts";
import { caseOf, textOf } from "../../tools/cost/report.ts";
import { type Counted, type Replay, type Workload, nothingCounted, workloads } from "../../tools/cost/workloads.ts";

const [workload] = workloads as readonly [Workload, ...Workload[]];
const replay: Replay = {
  name: workload.name,
  setup: { ...nothingCounted, frames: 30, workerRequests: 30 },
  steady: { ...nothingCounted, frames: 333_333, rowsWritten: 100, setAlarms: 10, alarms: 10 },
  archiving: { ...nothingCounted, rowsWritten: 5, r2WriteOperations: 90, r2ReadOperations: 90 },
  archived: { minutes: 1_000_000, hours: 0, days: 0 },
  published: 333_333,
  relayed: 33_333,
  handlerMs: 3333,
  storedBefore: 300_000,
  storedAfter: 600_000,
  metered: { messages: 333_363, requests: 30, alarms: 10, rowsRead: 0, rowsWritten: 110 },
};
const { bill, handlerMsPerFrame, factors } = monthOf(workload, replay, platformPrices);
const countOf = (name: string) => bill.lines.find(({ operation }) => operation === name)?.count;

describe("a month", () => {
  it("has a hundred times as many hubs and 360 times as many hours", () => {
    // 333,333 frames / 20 + 10 alarms; and five times 30 frames / 20 of connecting.
    expect(countOf("objectRequests")).toBeCloseTo((333_333 / 20 + 10) * 36_000 + (30 / 20) * 500, 3);
    // A night counts twelvefold, on 30 days.
    expect(countOf("rowsWritten")).toBe(110 * 36_000 + 5 * 12 * 3000);
    expect(countOf("r2WriteOperations")).toBe(90 * 3000);
    expect(countOf("workerRequests")).toBe(30 * 500);
    expect(countOf("r2GigabyteMonths")).toBeCloseTo(((1e6 / 3) * 12 * 90 * 300) / 1e9, 6);
    expect(handlerMsPerFrame).toBeCloseTo(0.01 + 0.025, 4);
  });

  it("is met below its target alone, and as long as handlers are fast enough", () => {
    expect(caseOf(workload, { bill, handlerMsPerFrame, factors })).toMatchObject({ target: 95, met: bill.net < 95 });
    expect(caseOf({ ...workload, target: bill.net }, { bill, handlerMsPerFrame, factors }).met).toBe(false);
    const slow = slowestHandler(95, bill, 12e9, platformPrices);
    const atThat = { ...replay, handlerMs: (slow - 0.025) * 333_333 };
    expect(monthOf(workload, atThat, platformPrices).bill.net).toBeGreaterThan(94);
  });

  it("fails for an operation without a price", () => {
    const steady = { ...replay.steady, teleports: 1 } as Counted;
    const { prices, ...list } = platformPrices;
    const { r2ReadOperations: _, ...lacking } = prices;
    expect(() => monthOf(workload, { ...replay, steady }, platformPrices)).toThrow("There is no price for teleports.");
    expect(() => monthOf(workload, replay, { ...list, prices: lacking as never })).toThrow(
      "no price for r2ReadOperations",
    );
  });

  it("is printed with every factor and every operation", () => {
    const text = textOf(workload, replay, { bill, handlerMsPerFrame, factors }, platformPrices);
    for (const { operation } of bill.lines) expect(text).toContain(`| ${operation} `);
    for (const [name, value] of factors) expect(text).toContain(`- ${name}: ${value}`);
  });
});
