// The cron job of every minute. One task that fails does not keep the others from running.
import { systemContext } from "../services/context.ts";
import { resumeDeletions } from "../services/account/resume-deletions.ts";
import { tendExports } from "../services/exports/tend-exports.ts";
import { retryNotices } from "../services/hub/retry-notices.ts";
import { removeExpiredPairings } from "../services/pairing/remove-expired-pairings.ts";

export async function runScheduled(env: Env): Promise<void> {
  const ctx = systemContext(env);
  const results = await Promise.allSettled([
    retryNotices({ ctx }),
    removeExpiredPairings({ ctx }),
    resumeDeletions({ ctx }),
    tendExports({ ctx }),
  ]);
  const failed = results.filter(({ status }) => status === "rejected");
  if (failed.length > 0) throw new AggregateError(failed.map((result) => (result as PromiseRejectedResult).reason));
}
