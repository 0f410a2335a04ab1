// The browsers of a user that take web push, a page at a time; and the removal of one.
import { notFound } from "../../errors.ts";
import type { Page } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";
import { type SubscriptionView, viewOf } from "./subscribe-browser.ts";

export async function listSubscriptions({
  ctx,
  input: { cursor = null, limit },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null; limit: number };
}): Promise<Page<SubscriptionView>> {
  const { items, nextCursor } = await ctx.store.pushSubscriptions.list({ userId: ctx.user.userId, cursor, limit });
  return { items: items.map(viewOf), nextCursor };
}

export async function removeSubscription({
  ctx,
  input: { subscriptionId },
}: {
  ctx: ServiceContext;
  input: { subscriptionId: string };
}): Promise<void> {
  const { userId } = ctx.user;
  if (!(await ctx.store.pushSubscriptions.delete({ userId, subscriptionId }))) throw notFound("subscription");
}
