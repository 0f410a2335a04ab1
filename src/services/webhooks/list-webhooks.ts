// The user's webhooks, a page at a time, without their secrets; and one of them.
import type { Page } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";
import { ownWebhook, viewOf, type WebhookView } from "./webhook-view.ts";

export async function listWebhooks({
  ctx,
  input: { cursor = null, limit },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null; limit: number };
}): Promise<Page<WebhookView>> {
  const { items, nextCursor } = await ctx.store.webhooks.list({ userId: ctx.user.userId, cursor, limit });
  const now = ctx.now();
  return { items: items.map((webhook) => viewOf(webhook, now)), nextCursor };
}

export async function getWebhook({
  ctx,
  input: { webhookId },
}: {
  ctx: ServiceContext;
  input: { webhookId: string };
}): Promise<WebhookView> {
  return viewOf(await ownWebhook(ctx, webhookId), ctx.now());
}
