// Webhooks and their deliveries as the API takes and shows them.
import { z } from "@hono/zod-openapi";
import { instant, line } from "./common.ts";

const url = z
  .string()
  .trim()
  .max(1000)
  .openapi({ description: "https, a public host by name, no redirects", example: "https://example.com/hook" });

const secret = z.string().openapi({ description: "Signs every delivery. Shown once", example: "whsec_…" });

export const newWebhook = z.strictObject({ name: line(100), url }).openapi("NewWebhook");

export const webhookChange = z
  .strictObject({
    name: line(100).optional(),
    url: url.optional(),
    enabled: z.boolean().optional().openapi({ description: "Switched on, it starts afresh" }),
  })
  .openapi("WebhookChange");

export const webhook = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    enabled: z.boolean(),
    disabledReason: z.string().nullable().openapi({ description: "Why it was disabled by itself; null: it was not" }),
    failingSince: instant.nullable().openapi({ description: "Since when every delivery has failed" }),
    oldSecretUntil: instant
      .nullable()
      .openapi({ description: "Until when the secret before this one still signs too" }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Webhook");

export const createdWebhook = webhook.extend({ secret }).openapi("CreatedWebhook");

export const rotatedSecret = z.object({ secret, oldSecretUntil: instant }).openapi("RotatedSecret");

export const testResult = z
  .object({
    delivered: z.boolean(),
    httpStatus: z.int().nullable().openapi({ description: "Of the answer; null: there was none" }),
    detail: z.string().openapi({ description: "What is wrong; empty when nothing is" }),
  })
  .openapi("TestResult");

export const deliveries = z
  .object({
    items: z.array(
      z.object({
        id: z.string().openapi({ description: "The `webhook-id` that the address got" }),
        title: z.string(),
        status: z.enum(["pending", "delivered", "failed", "suppressed"]).openapi({
          description: "pending: tried again later; suppressed: not sent, because of the limits",
        }),
        attempts: z.int(),
        httpStatus: z.int().nullable(),
        detail: z.string(),
        createdAt: instant,
        updatedAt: instant.openapi({ description: "When it was last attempted" }),
      }),
    ),
  })
  .openapi("Deliveries");

export const deliveryQuery = z.object({ limit: z.coerce.number().int().min(1).max(100).default(50) });

export const webhookParams = z.object({ id: z.string().max(64) });
