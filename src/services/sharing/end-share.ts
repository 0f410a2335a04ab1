// Ends a share, by the dashboard's owner or by whom it was shared with; the hub closes its sockets.
import { notFound } from "../../errors.ts";
import type { ShareRef } from "../../store/dashboard-store.ts";
import type { ServiceContext } from "../context.ts";
import { endedShare } from "../dashboards/delete-dashboard.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";

export async function endShare({
  ctx,
  input: { shareId, as },
}: {
  ctx: ServiceContext;
  input: { shareId: string; as: "owner" | "person" };
}): Promise<void> {
  const { userId } = ctx.user;
  const ref: ShareRef = as === "owner" ? { shareId, userId } : { shareId, personId: userId };
  const notice = newNotice(ctx);
  const committed = await ctx.store.shares.delete(ref, notice);
  if (!committed) throw notFound(as === "owner" ? "share" : "dashboard");
  const { hubId, noticed } = committed;
  await tellHub(ctx, { hubId, notice, noticed, state: endedShare(shareId) });
}
