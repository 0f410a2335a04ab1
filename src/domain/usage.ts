// What a user's use of the deployment costs, as the API shows it.
import { type Bill, billOf } from "./prices/bill.ts";
import { addUsage, noUsage, operationsOf, type Usage } from "./prices/hub-usage.ts";
import { bytesPerGigabyte, type Operations } from "./prices/operations.ts";
import type { PriceList } from "./prices/price-list.ts";

/** Of a month, as bills here take it. */
export const daysPerMonth = 30;
const dayMs = 86_400_000;

/** One UTC day of a hub. */
export interface UsageDay {
  /** Days since 1970. */
  day: number;
  storedBytes: number;
  /** By device id, and `apps` and `hub`. */
  counts: ReadonlyMap<string, readonly number[]>;
}

export interface UsageLine {
  counts: Usage;
  bill: Bill;
}

/** Everything of these days. `days`: how long that is, which decides what share of the plan counts as included. */
export function billOfDays(usage: readonly UsageDay[], days: number, prices: PriceList): UsageLine {
  const counts = noUsage();
  let gigabyteDays = 0;
  for (const day of usage) {
    for (const some of day.counts.values()) addUsage(counts, some);
    gigabyteDays += day.storedBytes / bytesPerGigabyte;
  }
  const operations = { ...operationsOf(counts), storedGigabyteMonths: gigabyteDays / daysPerMonth };
  return { counts, bill: billOf(operations, prices, days / daysPerMonth) };
}

/** Of each device, of the apps and of the hub: without what is stored, which is the hub's as a whole. Sorted by key. */
export function linesByKey(usage: readonly UsageDay[], days: number, prices: PriceList): [key: string, UsageLine][] {
  const byKey = new Map<string, Usage>();
  for (const { counts } of usage) {
    for (const [key, some] of counts) {
      const sum = byKey.get(key) ?? noUsage();
      addUsage(sum, some);
      byKey.set(key, sum);
    }
  }
  return [...byKey]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, counts]) => [key, { counts, bill: billOf(operationsOf(counts), prices, days / daysPerMonth) }]);
}

/** The month's bill if all of it is as the days so far. `days` may be a part of one. */
export function projectedBill(bill: Bill, days: number, prices: PriceList): Bill {
  const times = days > 0 ? daysPerMonth / days : 0;
  const operations: Operations = {};
  for (const { operation, count } of bill.lines) operations[operation] = count * times;
  return billOf(operations, prices);
}

export function dayOfInstant(at: number): number {
  return Math.floor(at / dayMs);
}

export function instantOfDay(day: number): number {
  return day * dayMs;
}

/** Of the month (UTC) that an instant is in. */
export function firstDayOfMonth(at: number): number {
  const date = new Date(at);
  return dayOfInstant(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
}
