// Removes what is left of pairings, some time after they expired: until then a device hears that its code did.
import type { SystemContext } from "../context.ts";

const keptMs = 600_000;

export async function removeExpiredPairings({ ctx }: { ctx: SystemContext }): Promise<void> {
  await ctx.store.pairings.removeExpired(ctx.now() - keptMs);
}
