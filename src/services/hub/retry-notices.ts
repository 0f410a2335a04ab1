// Works off the outbox: tells hubs what they could not be told at once.
import type { Notice } from "../../store/store.ts";
import type { SystemContext } from "../context.ts";
import { applyCredentials } from "./tell-hub.ts";

/** Rows a run takes on at most; more wait a minute. */
const noticesPerRun = 90;
const firstDelayMs = 60_000;
/** A notice is never given up, for it may be a revocation; a hub that is out of order costs one call in this time. */
const longestDelayMs = 3_600_000;

/** Tells every hub with a notice that is due the present state of its subjects. */
export async function retryNotices({ ctx }: { ctx: SystemContext }): Promise<void> {
  const due = await ctx.store.outbox.due(ctx.now(), noticesPerRun);
  await Promise.all(
    [...Map.groupBy(due, ({ hubId }) => hubId)].map(([hubId, notices]) => retryHub(ctx, hubId, notices)),
  );
}

async function retryHub(ctx: SystemContext, hubId: string, notices: Notice[]): Promise<void> {
  try {
    const states = await ctx.store.hubs.credentialStates([...new Set(notices.map(({ subject }) => subject))]);
    await applyCredentials(ctx, hubId, states);
    await ctx.store.outbox.delete(notices.map(({ id }) => id));
  } catch (error) {
    console.warn(JSON.stringify({ event: "hub_not_told", hubId, notices: notices.length, error: String(error) }));
    await ctx.store.outbox.postpone(
      notices.map(({ id, attempts }) => ({
        id,
        nextAttemptAt: ctx.now() + Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts, 10)),
      })),
    );
  }
}
