// Browsers that take web push, as the API takes and shows them.
import { z } from "@hono/zod-openapi";
import { instant, line } from "./common.ts";

const base64url = z.string().regex(/^[\w-]{16,100}=*$/, "must be base64url");

/** As `PushSubscription.toJSON()` has it, with a label. The keys of the example are those of RFC 8291. */
export const newSubscription = z
  .strictObject({
    label: line(100).openapi({ description: "How its owner recognises the browser", example: "Chrome on Ada's phone" }),
    endpoint: z
      .string()
      .max(1000)
      .openapi({ example: "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV" }),
    expirationTime: z.number().nullable().optional(),
    keys: z.strictObject({
      p256dh: base64url.openapi({
        example: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      }),
      auth: base64url.openapi({ example: "BTBZMqHH6r4Tts7J_aSIgg" }),
    }),
  })
  .openapi("NewPushSubscription");

export const subscription = z
  .object({ id: z.string(), label: z.string(), endpoint: z.string(), createdAt: instant })
  .openapi("PushSubscription");

export const pushSettings = z
  .object({
    publicKey: z.string().nullable().openapi({
      description: "For `pushManager.subscribe`, as `applicationServerKey`; null: this deployment sends no web push",
    }),
  })
  .openapi("PushSettings");

export const subscriptionParams = z.object({ id: z.string().max(64) });
