// Histories as CSV (RFC 4180), for spreadsheets: a line a point, its time both as a number and as a date.
import type { Context } from "hono";
import type { Point } from "../domain/streams/history.ts";

/** Whether the answer is to be CSV: `format` decides, and without it `Accept`. */
export function wantsCsv(c: Context, format: "json" | "csv" | undefined): boolean {
  if (format !== undefined) return format === "csv";
  return /^\s*text\/csv\b/i.test(c.req.header("accept") ?? "");
}

export function csvOf(points: readonly Point[]): string {
  const lines = points.map(
    ({ at, mean, min, max, count }) => `${at},${new Date(at).toISOString()},${mean},${min},${max},${count}\r\n`,
  );
  return `at,time,mean,min,max,count\r\n${lines.join("")}`;
}
