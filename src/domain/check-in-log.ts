// Reports of devices that poll, as they came: a line of JSON each, from the hub to the archive and back.
import type { CheckInOrigin, Metrics } from "./check-ins.ts";
import { dayMs } from "./streams/series.ts";

/** A report with all that was known when it arrived. */
export interface RawCheckIn extends CheckInOrigin {
  /** Epoch ms; no two of one device have the same. */
  at: number;
  metrics: Metrics;
  /** Of the classic shadow, and of named ones. */
  reported: Record<string, unknown> | null;
  shadows: Record<string, unknown>;
  firmwareVersion: string | null;
  addresses: string[] | null;
}

/** What is asked for: `from <= at < to`, the oldest first. */
export interface RawCheckInQuery {
  deviceId: string;
  from: number;
  to: number;
  limit: number;
}

/** UTC day since the epoch. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

export function encodeLine(report: RawCheckIn): string {
  return `${JSON.stringify(report)}\n`;
}

/** The reports of such a text with `from <= at < to`. */
export function* readLines(text: string, from: number, to: number): Iterable<RawCheckIn> {
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const report = JSON.parse(line) as RawCheckIn;
    if (report.at >= from && report.at < to) yield report;
  }
}

export interface ClientSoftware {
  name: string;
  version: string | null;
  /** What it says of the device it runs on. */
  system: string | null;
}

/** The software a client identifies itself with: the first product of `User-Agent` (RFC 9110 §10.1.5), and its first comment. */
export function softwareOf(client: string | null): ClientSoftware | null {
  const match = /^\s*([^\s/()]+)(?:\/([^\s()]+))?/.exec(client ?? "");
  if (!match?.[1]) return null;
  const comment = /\(([^()]*)\)/.exec(client ?? "")?.[1]?.trim();
  return { name: match[1], version: match[2] ?? null, system: comment || null };
}
