// Makes a dashboard, the last in the person's list.
import { grantsOf, maxDashboards, type Widget } from "../../domain/dashboards/dashboard.ts";
import { newId } from "../../domain/ids.ts";
import { HomeportError } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { type DashboardView, viewOf } from "./dashboard-view.ts";

export async function createDashboard({
  ctx,
  input: { title, icon = null, widgets = [] },
}: {
  ctx: ServiceContext;
  input: { title: string; icon?: string | null | undefined; widgets?: Widget[] | undefined };
}): Promise<DashboardView> {
  const present = await ctx.store.dashboards.list(ctx.user.userId);
  if (present.length >= maxDashboards) {
    throw new HomeportError("quota_exceeded", `A person has at most ${maxDashboards} dashboards. Delete one first.`);
  }
  const createdAt = ctx.now();
  const { userId, hubId } = ctx.user;
  const dashboard = {
    id: newId("dsh", createdAt),
    userId,
    hubId,
    title,
    icon,
    widgets,
    grants: grantsOf(widgets),
    position: (present.at(-1)?.position ?? -1) + 1,
    createdAt,
  };
  await ctx.store.dashboards.create(dashboard);
  return viewOf({ ...dashboard, version: 1, updatedAt: createdAt });
}
