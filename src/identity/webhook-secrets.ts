// The secrets that sign webhooks: derived from the deployment's signing keys, so that no database holds them.
import { createHmac } from "node:crypto";
import type { WebhookSecret } from "../store/notification-stores.ts";
import type { KeyRing } from "./keys.ts";

/** 32 bytes; null: the deployment no longer has the key it was derived from. */
export function webhookSecret(keys: KeyRing, webhookId: string, { kid, gen }: WebhookSecret): Uint8Array | null {
  const key = keys.all.find((candidate) => candidate.kid === kid);
  return key ? createHmac("sha256", key.webhookKey).update(`${webhookId}.${gen}`).digest() : null;
}

/** As the Standard Webhooks specification writes it. */
export function shownSecret(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString("base64")}`;
}
