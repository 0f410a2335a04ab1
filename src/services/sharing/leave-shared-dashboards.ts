// Ends what others share with a person, whose account is being removed: the others' hubs are told.
import type { SystemContext } from "../context.ts";
import { endedShare } from "../dashboards/delete-dashboard.ts";
import { newNotice, tellHubOfAll } from "../hub/tell-hub.ts";

const sharesAtOnce = 50;

/** True: nothing is left. */
export async function leaveSharedDashboards(ctx: SystemContext, { userId }: { userId: string }): Promise<boolean> {
  // Those that are over too.
  const query = { personId: userId, now: 0, cursor: null, limit: sharesAtOnce };
  const found = await ctx.store.shares.listWith(query);
  for (const { share } of found) {
    const notice = newNotice(ctx);
    const ended = await ctx.store.shares.delete({ shareId: share.id, personId: userId }, notice);
    const noticeIds = ended?.noticed ? [notice.id] : [];
    await tellHubOfAll(ctx, { hubId: share.hubId, noticeIds, states: [endedShare(share.id)] });
  }
  return found.length < sharesAtOnce;
}
