// One dashboard of the person.
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { type DashboardView, viewOf } from "./dashboard-view.ts";

export async function getDashboard({
  ctx,
  input: { dashboardId },
}: {
  ctx: ServiceContext;
  input: { dashboardId: string };
}): Promise<DashboardView> {
  const dashboard = await ctx.store.dashboards.find({ userId: ctx.user.userId, dashboardId });
  if (!dashboard) throw notFound("dashboard");
  return viewOf(dashboard);
}
