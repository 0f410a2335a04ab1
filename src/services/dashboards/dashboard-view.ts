// A dashboard as its owner sees it, and its version as HTTP compares it.
import type { Dashboard, DashboardSummary } from "../../store/dashboard-store.ts";

export type DashboardView = Omit<Dashboard, "userId" | "hubId" | "grants" | "position">;
export type DashboardSummaryView = Omit<DashboardSummary, "userId" | "position">;

export function viewOf({ userId: _user, hubId: _hub, grants: _grants, position: _position, ...view }: Dashboard) {
  return view satisfies DashboardView;
}

export function summaryOf({ userId: _user, position: _position, ...view }: DashboardSummary) {
  return view satisfies DashboardSummaryView;
}
