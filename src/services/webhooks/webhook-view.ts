// A webhook as its owner sees it.
import { HomeportError, notFound } from "../../errors.ts";
import { problemOfTarget } from "../../outbound/target.ts";
import type { Webhook } from "../../store/notification-stores.ts";
import type { ServiceContext } from "../context.ts";

export interface WebhookView {
  id: string;
  name: string;
  url: string;
  enabled: boolean;
  /** Why it was disabled by itself. */
  disabledReason: string | null;
  failingSince: number | null;
  /** Until when the secret before the present one still signs too. */
  oldSecretUntil: number | null;
  createdAt: number;
  updatedAt: number;
}

export function viewOf(webhook: Webhook, now: number): WebhookView {
  const { id, name, url, disabledAt, disabledReason, failingSince, secrets, createdAt, updatedAt } = webhook;
  const old = secrets.find(({ until }) => until !== null && until > now);
  const oldSecretUntil = old?.until ?? null;
  return {
    id,
    name,
    url,
    enabled: disabledAt === null,
    disabledReason,
    failingSince,
    oldSecretUntil,
    createdAt,
    updatedAt,
  };
}

export async function ownWebhook({ store, user }: ServiceContext, webhookId: string): Promise<Webhook> {
  const webhook = await store.webhooks.find({ userId: user.userId, webhookId });
  if (!webhook) throw notFound("webhook");
  return webhook;
}

export function refuseBadTarget({ config }: ServiceContext, field: string, address: string): void {
  const problem = problemOfTarget(address, { allowLocal: config.LOCAL_TARGETS });
  if (problem !== null) throw new HomeportError("bad_request", `${field}: ${problem}`);
}

export function changedMeanwhile(): HomeportError {
  return new HomeportError("conflict", "The webhook was changed at the same time. Look at it again.");
}
