// The bytes in which a device's row keeps the reports of a day that are not in a batch yet: finished members of gzip, then lines in
// the clear. They are rewritten with each report, so they stay small.
import { gunzipSync, gzipSync } from "node:zlib";
import { dayOf, encodeLine, type RawCheckIn } from "../../../src/domain/check-in-log.ts";
import { concat } from "../frame.ts";

export interface OpenLog {
  /** UTC day since the epoch. */
  day: number;
  /** Of its last report; epoch ms. */
  lastAt: number;
  zipped: Uint8Array;
  lines: Uint8Array;
}

/** Reports of one day that nothing is added to any more, as gzip. */
export interface Batch {
  day: number;
  lastAt: number;
  packed: Uint8Array;
}

/** Lines in the clear are zipped above this, and what is zipped becomes a batch above that. */
const maxLineBytes = 8192;
const maxZippedBytes = 24_576;
/** Day, time of the last report, length of what is zipped. */
const headerBytes = 16;
const nothing = new Uint8Array(0);

/** Adds a report. What is full, or of an earlier day, is returned as a batch. */
export function addReport(log: OpenLog | null, report: RawCheckIn): { log: OpenLog; full: Batch[] } {
  const at = Math.max(report.at, (log?.lastAt ?? 0) + 1);
  const day = dayOf(at);
  const full: Batch[] = [];
  if (log && log.day !== day) full.push(closed(log));
  const begun = log?.day === day ? log : { day, zipped: nothing, lines: nothing };
  let { zipped } = begun;
  let lines = concat([begun.lines, new TextEncoder().encode(encodeLine({ ...report, at }))]);
  if (lines.length > maxLineBytes) {
    zipped = concat([zipped, gzipSync(lines)]);
    lines = nothing;
  }
  if (zipped.length > maxZippedBytes) {
    full.push({ day, lastAt: at, packed: zipped });
    zipped = nothing;
  }
  return { log: { day, lastAt: at, zipped, lines }, full };
}

/** The whole log as a batch. */
export function closed({ day, lastAt, zipped, lines }: OpenLog): Batch {
  return { day, lastAt, packed: lines.length > 0 ? concat([zipped, gzipSync(lines)]) : zipped };
}

export function textOf({ zipped, lines }: OpenLog): string {
  return unzip(zipped) + new TextDecoder().decode(lines);
}

/** The text of a batch, and of several in a row. */
export function unzip(packed: Uint8Array): string {
  return packed.length === 0 ? "" : new TextDecoder().decode(gunzipSync(packed));
}

export function packLog({ day, lastAt, zipped, lines }: OpenLog): Uint8Array {
  const header = new DataView(new ArrayBuffer(headerBytes));
  header.setUint32(0, day);
  header.setFloat64(4, lastAt);
  header.setUint32(12, zipped.length);
  return concat([new Uint8Array(header.buffer), zipped, lines]);
}

export function unpackLog(bytes: Uint8Array): OpenLog {
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const end = headerBytes + header.getUint32(12);
  const [day, lastAt] = [header.getUint32(0), header.getFloat64(4)];
  return { day, lastAt, zipped: bytes.slice(headerBytes, end), lines: bytes.slice(end) };
}
