// The shares of a dashboard, for its owner.
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { type ShareView, shareViewOf } from "./share-view.ts";

export async function listShares({
  ctx,
  input: { dashboardId },
}: {
  ctx: ServiceContext;
  input: { dashboardId: string };
}): Promise<ShareView[]> {
  const ref = { userId: ctx.user.userId, dashboardId };
  if (!(await ctx.store.dashboards.find(ref))) throw notFound("dashboard");
  return (await ctx.store.shares.listOf(ref)).map(shareViewOf);
}
