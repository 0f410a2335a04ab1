// The part of the configuration that is about notifications. Read through config.ts alone.
import { z } from "zod";

/** Two P-256 values in base64url: the public one as an uncompressed point (65 bytes), then the private one (32 bytes). */
const vapidKeys = /^$|^B[\w-]{86}:[\w-]{43}$/;

function whole(fallback: number, min: number, max: number) {
  return z.coerce.number().int().min(min).max(max).default(fallback);
}

export const notificationVariables = {
  /** Secret. `publicKey:privateKey`, what push services know this deployment by (RFC 8292); empty: no web push. */
  VAPID_KEYS: z.string().regex(vapidKeys, "must be `publicKey:privateKey` in base64url").default(""),
  /** Whether webhooks and push endpoints may be on this very machine, and there in the clear: for development. */
  LOCAL_TARGETS: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  /** Notifications of one user an hour; further ones are not sent, and said to be not sent. */
  MAX_NOTIFICATIONS_PER_HOUR: whole(60, 1, 100_000),
  /** Mails among them a day. */
  MAX_NOTIFICATION_MAILS_PER_DAY: whole(50, 0, 100_000),
  /** Of one user each. */
  MAX_WEBHOOKS: whole(20, 1, 1000),
  MAX_PUSH_SUBSCRIPTIONS: whole(20, 1, 200),
};
