// What it costs to keep every datapoint of a device's streams.
import { billOf } from "../prices/bill.ts";
import type { Operations } from "../prices/operations.ts";
import type { PriceList } from "../prices/price-list.ts";

const daysOfMonth = 30.4375;
const secondsOfDay = 86_400;

/**
 * US$ a month, before what the plan includes, for a device that sends all the time, no more often than once in two seconds: each
 * flush writes a row more, which is deleted when it is archived; the archive of a day is read and written. Several streams of a
 * device share it. Without flushes (0 seconds) a datapoint a minute is assumed.
 */
export function rawHistoryPrice(flushSeconds: number, prices: PriceList): number {
  const flushes = secondsOfDay / (flushSeconds === 0 ? 60 : flushSeconds);
  const aDay: Operations = { rowsWritten: 2 * flushes, r2WriteOperations: 1, r2ReadOperations: 1 };
  const { gross } = billOf(aDay, prices);
  return Math.round(gross * daysOfMonth * 10_000) / 10_000;
}
