// Gives a webhook a new secret. The old one signs beside it for a day, so that its receiver can change over; rotating again ends
// that at once for the one before.
import { shownSecret, webhookSecret } from "../../identity/webhook-secrets.ts";
import type { ServiceContext } from "../context.ts";
import { changedMeanwhile, ownWebhook } from "./webhook-view.ts";

const overlapMs = 86_400_000;

export async function rotateSecret({
  ctx,
  input: { webhookId },
}: {
  ctx: ServiceContext;
  input: { webhookId: string };
}): Promise<{ secret: string; oldSecretUntil: number }> {
  const webhook = await ownWebhook(ctx, webhookId);
  const now = ctx.now();
  const oldSecretUntil = now + overlapMs;
  const [old] = webhook.secrets;
  const secret = { kid: ctx.keys.current.kid, gen: (old?.gen ?? 0) + 1, until: null };
  const secrets = old ? [secret, { ...old, until: oldSecretUntil }] : [secret];
  const { userId, version } = webhook;
  if (!(await ctx.store.webhooks.change({ userId, webhookId, version }, { secrets }, now))) throw changedMeanwhile();
  const bytes = webhookSecret(ctx.keys, webhookId, secret);
  if (!bytes) throw new Error("The current key is not in the key ring.");
  return { secret: shownSecret(bytes), oldSecretUntil };
}
