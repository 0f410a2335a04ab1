// What every call of a hub says beside what it asks: from which request it comes, who pays for it, and what was done around the hub
// since the last one.
import { hubKey, type Usage } from "./prices/hub-usage.ts";

export interface HubCall {
  /** Names in the log the request, or the job, that the call belongs to. */
  requestId: string | null;
  /** Whose it is in the bill: a device's id, `apps` or `hub`. */
  key: string;
  /** Whether it stands for a request of the Worker, as the first call of each does; those of jobs do not. */
  isRequest: boolean;
  /** By key: what was counted around the hub and is in no bill yet. */
  operations: Record<string, Usage>;
}

/** Of whoever says nothing. */
export const bareCall: HubCall = { requestId: null, key: hubKey, isRequest: true, operations: {} };
