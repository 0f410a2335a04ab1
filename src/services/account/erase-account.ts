// The job that removes an account, step by step. A token that was issued before may make something anew while it lives, so
// everything is gone over a second time when none can be left.
import type { SystemContext } from "../context.ts";
import { eraseSteps } from "./erase-steps.ts";

export interface EraseAccountJob {
  type: "eraseAccount";
  deletionId: string;
}

const passes = 2;
/** A run does so much and asks for another one. */
const callsPerRun = 10;
/** When a job that was lost is sent again; a run takes less. */
export const retryAfterMs = 600_000;

export async function eraseAccount({
  ctx,
  input: { deletionId },
}: {
  ctx: SystemContext;
  input: { deletionId: string };
}): Promise<void> {
  const { accounts } = ctx.store;
  const deletion = await accounts.find(deletionId);
  if (!deletion || deletion.userId === null || deletion.hubId === null || deletion.doneAt !== null) return;
  const { userId, hubId, passes: done } = deletion;
  // A job that came twice, of the pass before.
  if (done > 0 && ctx.now() < afterTokens(ctx, deletion.createdAt)) return;
  let { steps } = deletion;
  for (let calls = 0; calls < callsPerRun; calls++) {
    const step = eraseSteps[steps];
    if (!step) break;
    if (await step.run(ctx, { userId, hubId })) steps++;
  }
  if (steps < eraseSteps.length) {
    await accounts.progress(deletionId, { passes: done, steps, nextAttemptAt: ctx.now() + retryAfterMs });
    return ctx.jobs.send({ type: "eraseAccount", deletionId });
  }
  if (done + 1 === passes) return accounts.finish(deletionId, ctx.now());
  const nextAttemptAt = afterTokens(ctx, deletion.createdAt);
  await accounts.progress(deletionId, { passes: done + 1, steps: 0, nextAttemptAt });
}

/** When no token is valid any more that was issued before. */
function afterTokens({ config }: SystemContext, createdAt: number): number {
  return createdAt + (config.APP_JWT_SECONDS + 60) * 1000;
}
