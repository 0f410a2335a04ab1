// What the platform counts and bills, by name. The price list has a price for each, and nothing is counted that is not here.

export const operations = [
  /** A fetch of the Worker; an upgrade is one, messages through it are none. */
  "workerRequests",
  "workerCpuMs",
  /** Fetches, calls and alarms of objects, and a twentieth of the WebSocket messages that come in. */
  "objectRequests",
  /** Time in which an object runs a handler, at 128 MB. */
  "objectGigabyteSeconds",
  "rowsRead",
  /** Rows, index entries, deletes, and `setAlarm`. */
  "rowsWritten",
  "storedGigabyteMonths",
  "d1RowsRead",
  "d1RowsWritten",
  "d1GigabyteMonths",
  "kvReads",
  /** Writes, deletes and lists. */
  "kvWrites",
  "cacheOperations",
  "r2WriteOperations",
  "r2ReadOperations",
  "r2GigabyteMonths",
  /** About three a message. */
  "queueOperations",
  "workflowSteps",
  "logLines",
  "mails",
] as const;

export type Operation = (typeof operations)[number];

/** Of each operation how many; what is missing is none. */
export type Operations = Partial<Record<Operation, number>>;

/** Incoming WebSocket messages that are billed as one request of an object. */
export const messagesPerRequest = 20;
/** What an object is billed for, whatever it uses. */
export const objectGigabytes = 0.128;
export const bytesPerGigabyte = 1e9;

export function isOperation(name: string): name is Operation {
  return (operations as readonly string[]).includes(name);
}

/** The sum of several counts, each taken so many times. What is counted stays in it, whether it has a price or not. */
export function sumOf(...parts: readonly (readonly [counts: Operations, times: number])[]): Operations {
  const sum: Operations = {};
  for (const [counts, times] of parts) {
    for (const [name, count] of Object.entries(counts)) {
      const operation = name as Operation;
      sum[operation] = (sum[operation] ?? 0) + count * times;
    }
  }
  return sum;
}
