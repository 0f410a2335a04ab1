// Work that can wait, as it travels through the queue. A message may come twice: whoever does the work must bear it.
import type { EraseAccountJob } from "./account/erase-account.ts";
import type { DeliverJob, NotifyJob } from "../domain/notifications.ts";

/** What the queue carries, by `type`; src/jobs/queue.ts says which service does it. */
export type Job = EraseAccountJob | NotifyJob | DeliverJob | ExportJob;

/** The next step of an export. */
export interface ExportJob {
  type: "export";
  exportId: string;
}

/** Takes jobs; durable when the promise resolves. */
export interface JobQueue {
  send(job: Job, options?: { delaySeconds?: number }): Promise<void>;
}
