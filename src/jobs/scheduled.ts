// The cron job of every minute.
import { systemContext } from "../services/context.ts";
import { retryNotices } from "../services/hub/retry-notices.ts";

export async function runScheduled(env: Env): Promise<void> {
  await retryNotices({ ctx: systemContext(env) });
}
