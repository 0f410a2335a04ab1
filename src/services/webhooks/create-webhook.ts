// Registers an address that rules can tell over HTTP. Its secret is shown now and never again.
import { newId } from "../../domain/ids.ts";
import { HomeportError } from "../../errors.ts";
import { shownSecret, webhookSecret } from "../../identity/webhook-secrets.ts";
import type { Webhook } from "../../store/notification-stores.ts";
import type { ServiceContext } from "../context.ts";
import { refuseBadTarget, viewOf, type WebhookView } from "./webhook-view.ts";

export async function createWebhook({
  ctx,
  input: { name, url },
}: {
  ctx: ServiceContext;
  input: { name: string; url: string };
}): Promise<WebhookView & { secret: string }> {
  refuseBadTarget(ctx, "url", url);
  const { userId } = ctx.user;
  const { MAX_WEBHOOKS: most } = ctx.config;
  if ((await ctx.store.webhooks.count(userId)) >= most) {
    throw new HomeportError("quota_exceeded", `You have ${most} webhooks, as many as there may be. Delete one first.`);
  }
  const now = ctx.now();
  const secret = { kid: ctx.keys.current.kid, gen: 1, until: null };
  const webhook: Webhook = {
    id: newId("whk", now),
    userId,
    name,
    url,
    secrets: [secret],
    disabledAt: null,
    disabledReason: null,
    failingSince: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await ctx.store.webhooks.create(webhook);
  const bytes = webhookSecret(ctx.keys, webhook.id, secret);
  if (!bytes) throw new Error("The current key is not in the key ring.");
  return { ...viewOf(webhook, now), secret: shownSecret(bytes) };
}
