// Changes what a share lets do, or what it is called. A link lets look, and never more.
import type { Rights } from "../../domain/dashboards/dashboard.ts";
import { HomeportError, notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";
import { type ShareView, shareViewOf } from "./share-view.ts";

export async function updateShare({
  ctx,
  input: { shareId, rights, label },
}: {
  ctx: ServiceContext;
  input: { shareId: string; rights?: Rights | undefined; label?: string | null | undefined };
}): Promise<ShareView> {
  const { userId, hubId } = ctx.user;
  const found = await ctx.store.shares.find(shareId);
  if (!found || found.share.userId !== userId) throw notFound("share");
  if (found.share.email === null && rights === "control") {
    throw new HomeportError("bad_request", "rights: a link lets only look. Share with a person to let them control.");
  }
  const notice = newNotice(ctx);
  const change = { ...(rights !== undefined && { rights }), ...(label !== undefined && { label }) };
  const committed = await ctx.store.shares.update({ userId, shareId }, change, notice);
  if (!committed) throw notFound("share");
  await tellHub(ctx, { hubId, notice, noticed: committed.noticed, state: committed.state });
  return shareViewOf(committed.share);
}
