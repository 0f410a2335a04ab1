// Takes jobs from the queue and hands each to its service. One that fails comes again, later each time, and ends in the dead-letter
// queue when it has failed as often as wrangler.toml allows.
import type { Job } from "../services/jobs.ts";
import { eraseAccount } from "../services/account/erase-account.ts";
import { type SystemContext, systemContext } from "../services/context.ts";
import { makeExport } from "../services/exports/make-export.ts";
import { deliverAgain } from "../services/notifications/deliver.ts";
import { notify } from "../services/notifications/notify.ts";

const firstRetrySeconds = 10;
const longestRetrySeconds = 3600;

export async function runJobs(batch: MessageBatch<Job>, env: Env): Promise<void> {
  // Exports need memory: one at a time.
  const [exports, others] = [true, false].map((isExport) =>
    batch.messages.filter(({ body }) => (body.type === "export") === isExport),
  ) as [Message<Job>[], Message<Job>[]];
  await Promise.all([runInTurn(env, exports), ...others.map((message) => runJob(env, message))]);
}

async function runInTurn(env: Env, messages: Message<Job>[]): Promise<void> {
  for (const message of messages) await runJob(env, message);
}

async function runJob(env: Env, message: Message<Job>): Promise<void> {
  const ctx = systemContext(env);
  // The first attempt was paid for with the message.
  if (message.attempts > 1) ctx.meter.count("queueOperations");
  try {
    await perform(ctx, message.body);
    message.ack();
  } catch (error) {
    const { type } = message.body;
    const stack = String((error as Error | undefined)?.stack ?? error);
    console.error(JSON.stringify({ event: "job.failed", type, attempts: message.attempts, error: stack }));
    message.retry({ delaySeconds: Math.min(longestRetrySeconds, firstRetrySeconds * 3 ** (message.attempts - 1)) });
  } finally {
    ctx.meter.end();
  }
}

async function perform(ctx: SystemContext, job: Job): Promise<void> {
  switch (job.type) {
    case "eraseAccount":
      return eraseAccount({ ctx, input: job });
    case "export":
      return makeExport({ ctx, input: job });
    case "notify":
      return notify({ ctx, input: job });
    case "deliver":
      return deliverAgain({ ctx, input: job });
    default:
      throw new Error(`There is no job of the type ${String((job as { type: unknown }).type)}.`);
  }
}
