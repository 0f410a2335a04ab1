// What others share with the person.
import { notFound } from "../../errors.ts";
import type { SharedDashboard, SharedSummary } from "../../store/dashboard-store.ts";
import type { Page } from "../../store/store.ts";
import type { RequestContext, ServiceContext } from "../context.ts";

/** A dashboard for whom it is shared with: `id` is the share's. */
export type SharedView = ReturnType<typeof sharedViewOf>;

export function sharedViewOf({ share, dashboard, ownerName }: SharedDashboard) {
  return { ...sharedSummaryOf({ share, dashboard, ownerName }), widgets: dashboard.widgets };
}

function sharedSummaryOf({ share, dashboard, ownerName }: SharedSummary) {
  const { title, icon, version, updatedAt } = dashboard;
  const { id, rights, expiresAt } = share;
  return { id, title, icon, owner: { name: ownerName }, rights, version, updatedAt, expiresAt };
}

export async function listSharedDashboards({
  ctx,
  input: { cursor = null, limit },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null | undefined; limit: number };
}): Promise<Page<ReturnType<typeof sharedSummaryOf>>> {
  const { userId } = ctx.user;
  await ctx.store.shares.claim(userId);
  const query = { personId: userId, now: ctx.now(), cursor, limit: limit + 1 };
  const found = await ctx.store.shares.listWith(query);
  const items = found.slice(0, limit).map(sharedSummaryOf);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** One that is shared with the person, also if it has waited for them until now: a mail leads straight to it. */
export async function findSharedDashboard(ctx: ServiceContext, shareId: string): Promise<SharedDashboard> {
  const { shares } = ctx.store;
  let found = await shares.find(shareId);
  if (found?.share.email && found.share.personId === null) {
    await shares.claim(ctx.user.userId);
    found = await shares.find(shareId);
  }
  if (!found || found.share.personId !== ctx.user.userId || isOver(ctx, found)) throw notFound("dashboard");
  return found;
}

export function isOver(ctx: RequestContext, { share: { expiresAt } }: SharedDashboard): boolean {
  return expiresAt !== null && expiresAt <= ctx.now();
}

export async function getSharedDashboard({
  ctx,
  input: { shareId },
}: {
  ctx: ServiceContext;
  input: { shareId: string };
}): Promise<SharedView> {
  return sharedViewOf(await findSharedDashboard(ctx, shareId));
}
