// Changes a dashboard, unless somebody else was faster. With other widgets whoever it is shared with may do other things: the hub
// is told at once.
import { grantsOf, type Widget } from "../../domain/dashboards/dashboard.ts";
import { HomeportError, notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHubOfAll } from "../hub/tell-hub.ts";
import { type DashboardView, viewOf } from "./dashboard-view.ts";

export async function updateDashboard({
  ctx,
  input: { dashboardId, version, widgets, title, icon },
}: {
  ctx: ServiceContext;
  input: {
    dashboardId: string;
    /** The one it must have; null: any. */
    version: number | null;
    title?: string | undefined;
    icon?: string | null | undefined;
    widgets?: Widget[] | undefined;
  };
}): Promise<DashboardView> {
  const notice = newNotice(ctx);
  const change = {
    ...(title === undefined ? {} : { title }),
    ...(icon === undefined ? {} : { icon }),
    ...(widgets === undefined ? {} : { widgets, grants: grantsOf(widgets) }),
  };
  const ref = { userId: ctx.user.userId, dashboardId };
  const committed = await ctx.store.dashboards.update(ref, change, version, notice);
  if (!committed) throw notFound("dashboard");
  const { dashboard, isChanged, noticed, shares } = committed;
  await tellHubOfAll(ctx, { hubId: dashboard.hubId, noticeIds: noticed ? [notice.id] : [], states: shares });
  if (isChanged) return viewOf(dashboard);
  throw new HomeportError("precondition_failed", "The dashboard was changed meanwhile: this is its present form.", {
    current: viewOf(dashboard),
  });
}
