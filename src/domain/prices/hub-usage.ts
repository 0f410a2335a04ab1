// What a hub has counted of itself, and what that is in operations of the platform. The hub counts integers in a short list, because
// the list is in every attachment.
import { estimatedDuration } from "./handler-time.ts";
import { messagesPerRequest, type Operations } from "./operations.ts";

/** Incoming WebSocket messages, requests (upgrades and calls), alarms, rows read, rows written. */
export type Usage = [messages: number, requests: number, alarms: number, rowsRead: number, rowsWritten: number];

/** Where each is in the list. */
export const counted = { messages: 0, requests: 1, alarms: 2, rowsRead: 3, rowsWritten: 4 } as const;

export const noUsage = (): Usage => [0, 0, 0, 0, 0];

export function addUsage(to: Usage, usage: readonly number[]): void {
  for (let i = 0; i < to.length; i++) (to[i] as number) += usage[i] ?? 0;
}

export function isUsed(usage: Usage): boolean {
  return usage.some((count) => count > 0);
}

/** What belongs to no device: the user's apps with the API's calls on their behalf, and the hub itself. */
export const appsKey = "apps";
export const hubKey = "hub";

/**
 * The operations behind a hub's counts. Each upgrade and each call came through one request of the Worker; requests that it
 * answered without the hub are not among them. Handler time is estimated.
 */
export function operationsOf([messages, requests, alarms, rowsRead, rowsWritten]: Usage): Operations {
  return {
    workerRequests: requests,
    objectRequests: messages / messagesPerRequest + requests + alarms,
    objectGigabyteSeconds: estimatedDuration({ messages, requests, alarms, rowsWritten }),
    rowsRead,
    rowsWritten,
  };
}
