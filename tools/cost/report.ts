// The bill as people and programs read it.
import { messagesPerRequest } from "../../src/domain/prices/operations.ts";
import type { PriceList } from "../../src/domain/prices/price-list.ts";
import { type Month, slowestHandler } from "./extrapolate.ts";
import { replayedHubs, replayedSeconds, type Replay, secondsPerMonth, type Workload } from "./workloads.ts";

export interface Case {
  name: string;
  value: number;
  target: number;
  met: boolean;
}

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const dollars = (amount: number) => amount.toFixed(2);

export function caseOf({ name, target }: Workload, { bill }: Month): Case {
  return { name: `${name}: US$ a month, net`, value: Number(bill.net.toFixed(4)), target, met: bill.net < target };
}

export function textOf(workload: Workload, replay: Replay, month: Month, prices: PriceList): string {
  const { bill, factors } = month;
  const rows = bill.lines.map(({ operation, count: n, gross, net }) => [
    operation,
    count.format(n),
    count.format(prices.prices[operation].included),
    dollars(gross),
    dollars(net),
  ]);
  const frames = (replay.steady.frames * workload.hubs * secondsPerMonth) / (replayedHubs * replayedSeconds);
  const slowest = slowestHandler(workload.target, bill, frames, prices);
  return [
    `## ${workload.name}`,
    "",
    ...factors.map(([name, value]) => `- ${name}: ${value}`),
    "",
    table([
      ["operation", "a month", "included", "gross US$", "net US$"],
      ...rows,
      ["sum", "", "", dollars(bill.gross), dollars(bill.net)],
    ]),
    "",
    `Net ${dollars(bill.net)}, to stay below ${workload.target}: ${bill.net < workload.target ? "met" : "NOT met"}, as long as a frame takes less than ${slowest.toFixed(2)} ms.`,
    "",
  ].join("\n");
}

export function headOf({ readAt, minimum }: PriceList): string {
  return [
    `Prices as of ${readAt} (src/domain/prices). Before the plan's minimum of US$ ${minimum} a month, which is due once for everything.`,
    `Gross: nothing included. Net: beyond what the plan includes. ${messagesPerRequest} incoming messages are a request.`,
    "",
  ].join("\n");
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
    return `| ${cells.join(" | ")} |`;
  });
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}
