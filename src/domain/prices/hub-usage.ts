// What a hub has counted of itself and of what was done for it, and what that is in operations of the platform. Integers in a short
// list, because the list is in every attachment; the rarer ones at its end are there only where they are used.
import { estimatedDuration } from "./handler-time.ts";
import { messagesPerRequest, type Operations } from "./operations.ts";

/** Incoming WebSocket messages, requests (upgrades and calls), alarms, rows read, rows written; then what `counted` says. */
export type Usage = [
  messages: number,
  requests: number,
  alarms: number,
  rowsRead: number,
  rowsWritten: number,
  ...rarer: number[],
];

/** Where each is in the list. Append only: rows hold lists. */
export const counted = {
  messages: 0,
  requests: 1,
  alarms: 2,
  rowsRead: 3,
  rowsWritten: 4,
  /** Requests that the Worker answered without a call of the hub. */
  edgeRequests: 5,
  kvReads: 6,
  /** With deletes. */
  kvWrites: 7,
  r2Reads: 8,
  /** With lists. */
  r2Writes: 9,
  queueOperations: 10,
  /** Calls that stand for no request of the Worker: those of jobs, and the second and further ones of a request. */
  callsBeyond: 11,
  mails: 12,
} as const;

export type Counted = keyof typeof counted;

export const noUsage = (): Usage => [0, 0, 0, 0, 0];

export function addUsage(to: Usage, usage: readonly number[]): void {
  for (const [i, count] of usage.entries()) to[i] = (to[i] ?? 0) + count;
}

/** Counts some of one kind. */
export function addCount(usage: Usage, what: Counted, times = 1): void {
  while (usage.length <= counted[what]) usage.push(0);
  usage[counted[what]] = (usage[counted[what]] as number) + times;
}

export function isUsed(usage: Usage): boolean {
  return usage.some((count) => count > 0);
}

/** What belongs to no device: the user's apps with the API's calls on their behalf, and the hub itself. */
export const appsKey = "apps";
export const hubKey = "hub";

/** A message through a queue is written, read and deleted. */
export const queueOperationsPerMessage = 3;

/**
 * The operations behind a hub's counts. Each upgrade, and each call that does not say otherwise, came through one request of the Worker.
 * Handler time is estimated.
 */
export function operationsOf(usage: Usage): Operations {
  const [messages, requests, alarms, rowsRead, rowsWritten] = usage;
  const of = (what: Counted): number => usage[counted[what]] ?? 0;
  return {
    workerRequests: requests - of("callsBeyond") + of("edgeRequests"),
    kvReads: of("kvReads"),
    kvWrites: of("kvWrites"),
    r2ReadOperations: of("r2Reads"),
    r2WriteOperations: of("r2Writes"),
    queueOperations: of("queueOperations"),
    mails: of("mails"),
    objectRequests: messages / messagesPerRequest + requests + alarms,
    objectGigabyteSeconds: estimatedDuration({ messages, requests, alarms, rowsWritten }),
    rowsRead,
    rowsWritten,
  };
}
