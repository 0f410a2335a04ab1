// Sends the jobs of account deletions that are due: of second passes, and of those whose job was lost. Forgets old ones.
import type { SystemContext } from "../context.ts";
import { retryAfterMs } from "./erase-account.ts";

const deletionsPerRun = 20;
/** How long it can be asked whether an account is removed. */
const keptMs = 30 * 86_400_000;

export async function resumeDeletions({ ctx }: { ctx: SystemContext }): Promise<void> {
  const { accounts } = ctx.store;
  const now = ctx.now();
  for (const id of await accounts.due(now, deletionsPerRun)) {
    const deletion = await accounts.find(id);
    if (!deletion) continue;
    await ctx.jobs.send({ type: "eraseAccount", deletionId: id });
    const { passes, steps } = deletion;
    await accounts.progress(id, { passes, steps, nextAttemptAt: now + retryAfterMs });
  }
  // Once an hour is enough.
  if (new Date(now).getUTCMinutes() === 0) await accounts.removeDone(now - keptMs);
}
