// What operations cost: gross, as if nothing were included, and net of what the plan includes.
import { type Operation, type Operations, operations } from "./operations.ts";
import type { PriceList } from "./price-list.ts";

export interface BillLine {
  operation: Operation;
  count: number;
  /** US$, not rounded. */
  gross: number;
  net: number;
}

export interface Bill {
  lines: BillLine[];
  gross: number;
  net: number;
}

/**
 * Lines for what was counted, in the order of the list. `months`: how much of what a month includes counts for this time; a
 * tenth of a month has a tenth of it. Throws for an operation without a price: a bill that leaves something out is none.
 */
export function billOf(counts: Operations, { prices }: PriceList, months = 1): Bill {
  for (const name of Object.keys(counts)) {
    if (!Object.hasOwn(prices, name)) throw new Error(`There is no price for ${name}.`);
  }
  const lines = operations.flatMap((operation) => {
    const count = counts[operation] ?? 0;
    if (!Number.isFinite(count) || count < 0) throw new Error(`${operation} cannot be ${count}.`);
    if (count === 0) return [];
    const { price, per, included } = prices[operation];
    const net = (Math.max(0, count - included * months) * price) / per;
    return [{ operation, count, gross: (count * price) / per, net }];
  });
  return { lines, gross: total(lines, "gross"), net: total(lines, "net") };
}

function total(lines: readonly BillLine[], key: "gross" | "net"): number {
  return lines.reduce((sum, line) => sum + line[key], 0);
}
