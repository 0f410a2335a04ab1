// Sends to a webhook, and keeps account of whether it works: one that has failed for days is disabled.
import { webhookSecret } from "../../identity/webhook-secrets.ts";
import { type WebhookMessage, sendWebhook } from "../../outbound/webhook.ts";
import type { Webhook, WebhookChange } from "../../store/notification-stores.ts";
import type { SystemContext } from "../context.ts";
import { type Sent, failedFor, sentAs } from "./sent.ts";
import { tellWebhookDisabled } from "./webhook-disabled.ts";

/** How long every delivery must have failed. */
const patienceMs = 3 * 86_400_000;

export async function sendByWebhook(
  ctx: SystemContext,
  ref: { userId: string; webhookId: string },
  message: WebhookMessage,
): Promise<Sent> {
  const webhook = await ctx.store.webhooks.find(ref);
  if (!webhook) return failedFor("There is no such webhook any more.");
  if (webhook.disabledAt !== null) return failedFor("The webhook is disabled.");
  const now = ctx.now();
  const secrets = webhook.secrets
    .filter(({ until }) => until === null || until > now)
    .map((secret) => webhookSecret(ctx.keys, webhook.id, secret))
    .filter((secret) => secret !== null);
  if (secrets.length === 0) return failedFor("The deployment has new signing keys: rotate the webhook's secret.");
  const sent = sentAs(await sendWebhook(webhook.url, secrets, message, now), "The address");
  await keepAccount(ctx, webhook, sent);
  return sent;
}

/** Somebody may change the webhook meanwhile; then the next delivery says so again. */
async function keepAccount(ctx: SystemContext, webhook: Webhook, sent: Sent): Promise<void> {
  const change = consequence(webhook, sent, ctx.now());
  if (change === null) return;
  const { id: webhookId, userId, version } = webhook;
  const changed = await ctx.store.webhooks.change({ userId, webhookId, version }, change, ctx.now());
  if (!changed || !change.disabledReason) return;
  console.warn(JSON.stringify({ event: "webhook.disabled", userId, webhookId, reason: change.disabledReason }));
  await tellWebhookDisabled(ctx, webhook, change.disabledReason);
}

/** What the outcome changes of a webhook; null: nothing. */
export function consequence(webhook: Webhook, sent: Sent, now: number): WebhookChange | null {
  const { failingSince } = webhook;
  if (sent.outcome === "delivered") return failingSince === null ? null : { failingSince: null };
  if (sent.httpStatus === 410) {
    return { failingSince: failingSince ?? now, disabledAt: now, disabledReason: "The address answered 410: gone." };
  }
  if (failingSince === null) return { failingSince: now };
  if (now - failingSince < patienceMs) return null;
  return { disabledAt: now, disabledReason: `Every delivery has failed for three days. ${sent.detail}` };
}
