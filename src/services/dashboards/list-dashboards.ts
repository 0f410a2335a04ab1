// The person's own dashboards in their order, a page at a time, without the widgets.
import type { Page } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";
import { type DashboardSummaryView, summaryOf } from "./dashboard-view.ts";

export async function listDashboards({
  ctx,
  input: { cursor = null, limit },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null | undefined; limit: number };
}): Promise<Page<DashboardSummaryView>> {
  const all = await ctx.store.dashboards.list(ctx.user.userId);
  const start = cursor === null ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
  const items = all.slice(start, start + limit).map(summaryOf);
  return { items, nextCursor: start + limit < all.length ? (items.at(-1)?.id ?? null) : null };
}
