// How long a hub's handlers run, by kind of event. The runtime does not let a handler see it: these are figures from a benchmark, and
// what is made of them is an estimate.
import { objectGigabytes } from "./operations.ts";

/** docs/speed.md, the run of 22 November 2026: CPU on one shared core. Production's cores are others. */
export const handlerTimeSource = "docs/speed.md, 2026-11-22";

/** Milliseconds. */
export const handlerMs = {
  /** One frame in, relayed to one app: the median at 50 and at 100 users, rounded up. */
  message: 0.035,
  /** A call or an upgrade. */
  request: 0.1,
  alarm: 0.1,
  /** A row written and committed. The handler is over before its commit; counted all the same. */
  rowWritten: 0.23,
} as const;

export interface HandlerEvents {
  messages: number;
  requests: number;
  alarms: number;
  rowsWritten: number;
}

/** Gigabyte-seconds of an object's duration, estimated. */
export function estimatedDuration({ messages, requests, alarms, rowsWritten }: HandlerEvents): number {
  const ms =
    messages * handlerMs.message +
    requests * handlerMs.request +
    alarms * handlerMs.alarm +
    rowsWritten * handlerMs.rowWritten;
  return (ms / 1000) * objectGigabytes;
}
