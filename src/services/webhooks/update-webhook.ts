// Changes a webhook's name or address, or switches it on or off. Switched on, it starts afresh, whatever failed before.
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { changedMeanwhile, ownWebhook, refuseBadTarget, viewOf, type WebhookView } from "./webhook-view.ts";

export async function updateWebhook({
  ctx,
  input: { webhookId, name, url, enabled },
}: {
  ctx: ServiceContext;
  input: { webhookId: string; name?: string; url?: string; enabled?: boolean };
}): Promise<WebhookView> {
  if (url !== undefined) refuseBadTarget(ctx, "url", url);
  const webhook = await ownWebhook(ctx, webhookId);
  const now = ctx.now();
  const change = {
    ...(name !== undefined && { name }),
    ...(url !== undefined && { url, failingSince: null }),
    ...(enabled !== undefined && {
      disabledAt: enabled ? null : (webhook.disabledAt ?? now),
      disabledReason: enabled ? null : webhook.disabledReason,
      ...(enabled && { failingSince: null }),
    }),
  };
  const { userId, version } = webhook;
  if (!(await ctx.store.webhooks.change({ userId, webhookId, version }, change, now))) throw changedMeanwhile();
  return viewOf({ ...webhook, ...change, updatedAt: now }, now);
}

export async function deleteWebhook({
  ctx,
  input: { webhookId },
}: {
  ctx: ServiceContext;
  input: { webhookId: string };
}): Promise<void> {
  const { userId } = ctx.user;
  if (!(await ctx.store.webhooks.delete({ userId, webhookId }))) throw notFound("webhook");
}
