// Deletes a dashboard with its shares: whoever it was shared with is out at once.
import { noGrants } from "../../domain/access.ts";
import { deletedVersion } from "../../domain/credentials.ts";
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHubOfAll } from "../hub/tell-hub.ts";

export async function deleteDashboard({
  ctx,
  input: { dashboardId },
}: {
  ctx: ServiceContext;
  input: { dashboardId: string };
}): Promise<void> {
  const { userId, hubId } = ctx.user;
  const deleted = await ctx.store.dashboards.delete({ userId, dashboardId }, newNotice(ctx));
  if (!deleted) throw notFound("dashboard");
  const states = deleted.ended.map(({ shareId }) => endedShare(shareId));
  await tellHubOfAll(ctx, { hubId, noticeIds: deleted.ended.map(({ noticeId }) => noticeId), states });
}

/** What the hub is told of a share that is no more. */
export function endedShare(shareId: string) {
  return { subject: shareId, version: deletedVersion, gen: null, grants: noGrants };
}
