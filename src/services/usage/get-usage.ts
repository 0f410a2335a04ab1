// What the user's devices, apps and hub were metered at, and what that costs.
import { platformPrices, priceListWith } from "../../domain/prices/price-list.ts";
import {
  billOfDays,
  dayOfInstant,
  firstDayOfMonth,
  instantOfDay,
  linesByKey,
  projectedBill,
  type UsageDay,
  type UsageLine,
} from "../../domain/usage.ts";
import { HomeportError } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";

/** Days of one answer. */
const maxDays = 92;

export interface UsageInput {
  /** Epoch ms; whole UTC days that touch the range are told of. */
  from?: number;
  to?: number;
  by: "device" | "day" | "operation";
  cursor?: string | null;
  limit: number;
}

export async function getUsage({ ctx, input }: { ctx: ServiceContext; input: UsageInput }) {
  const now = ctx.now();
  const to = Math.min(input.to ?? now, now);
  const from = input.from ?? instantOfDay(firstDayOfMonth(to));
  if (from > (input.to ?? now)) throw new HomeportError("bad_request", "`from` must not be after `to`.");
  const [fromDay, toDay] = [dayOfInstant(from), dayOfInstant(to)];
  if (toDay - fromDay >= maxDays) throw new HomeportError("bad_request", `A range has at most ${maxDays} days.`);
  const days = await askHub<UsageDay[]>(
    ctx,
    (hub, call) => hub.usage(fromDay, toDay, call),
    () => [],
  );
  const prices = priceListWith(ctx.config.PRICE_LIST);
  // Today is not over: its share of what the plan includes is not either.
  const passed = Math.max(0, (Math.min(instantOfDay(toDay + 1), now) - instantOfDay(fromDay)) / instantOfDay(1));
  const total = billOfDays(days, passed, prices);
  const items = itemsOf(days, passed, input, prices);
  const start = input.cursor ? items.findIndex(({ key }) => key > (input.cursor as string)) : 0;
  const page = start < 0 ? [] : items.slice(start, start + input.limit);
  const isLast = start < 0 || start + input.limit >= items.length;
  return {
    from: instantOfDay(fromDay),
    to: Math.min(instantOfDay(toDay + 1), now),
    currency: platformPrices.currency,
    pricesReadAt: platformPrices.readAt,
    total: viewOf(total),
    projectedMonth: moneyOf(projectedBill(total.bill, passed, prices)),
    by: input.by,
    items: page,
    nextCursor: isLast ? null : (page.at(-1)?.key ?? null),
  };
}

function itemsOf(
  days: readonly UsageDay[],
  passed: number,
  { by }: UsageInput,
  prices: ReturnType<typeof priceListWith>,
) {
  if (by === "device") return linesByKey(days, passed, prices).map(([key, line]) => ({ key, ...viewOf(line) }));
  if (by === "day") {
    return days.map((day) => {
      const key = new Date(instantOfDay(day.day)).toISOString().slice(0, 10);
      return { key, ...viewOf(billOfDays([day], 1, prices)) };
    });
  }
  const { lines } = billOfDays(days, passed, prices).bill;
  return lines.map((line) => ({
    key: line.operation,
    ...emptyCounts,
    operations: { [line.operation]: line.count },
    ...moneyOf(line),
  }));
}

const emptyCounts = { messages: null, requests: null, alarms: null, rowsRead: null, rowsWritten: null };

function viewOf({ counts, bill }: UsageLine) {
  const [messages, requests, alarms, rowsRead, rowsWritten] = counts;
  const operations = Object.fromEntries(bill.lines.map(({ operation, count }) => [operation, count]));
  return { messages, requests, alarms, rowsRead, rowsWritten, operations, ...moneyOf(bill) };
}

/** To a millionth of a dollar. */
function moneyOf({ gross, net }: { gross: number; net: number }) {
  const rounded = (amount: number) => Math.round(amount * 1e6) / 1e6;
  return { gross: rounded(gross), net: rounded(net) };
}
