// Dashboards, one at a time, for one may be long.
import { viewOf } from "../../dashboards/dashboard-view.ts";
import type { ExportSource } from "../export-work.ts";

export const dashboards: ExportSource = {
  async read({ ctx, userId, write, memo }, position) {
    const all = (memo.get("dashboards") ?? (await ctx.store.dashboards.list(userId))) as { id: string }[];
    memo.set("dashboards", all);
    const next = position === null ? 0 : all.findIndex(({ id }) => id === position) + 1;
    const id = all[next]?.id;
    if (id === undefined) return null;
    const dashboard = await ctx.store.dashboards.find({ userId, dashboardId: id });
    if (dashboard) await write({ type: "dashboard", ...viewOf(dashboard) });
    return id;
  },
};
