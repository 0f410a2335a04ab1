// Shadows as the API takes and shows them: AWS IoT's documents, whose times are epoch seconds.
import { z } from "@hono/zod-openapi";
import { shadowName } from "../../domain/shadow/topics.ts";
import { instant } from "./common.ts";

const values = z.record(z.string(), z.unknown());
const version = z.int().min(0);

export const shadowQuery = z.object({
  name: z
    .string()
    .regex(shadowName, "must be 1 to 64 letters, digits, $, :, _ or -")
    .optional()
    .openapi({ description: "Of a named shadow; without it the classic one is meant" }),
});

/** The version in quotes, as an ETag has it, or bare. */
export const shadowMatch = z.object({
  "if-match": z
    .string()
    .regex(/^(?:"\d{1,15}"|\d{1,15})$/, "must be a version")
    .transform((text) => Number(text.replaceAll('"', "")))
    .optional()
    .openapi({ type: "string", description: "The version the shadow must have; 0: it must not exist" }),
});

export const shadow = z
  .object({
    state: z.object({
      desired: values.optional(),
      reported: values.optional(),
      delta: values.optional().openapi({ description: "What is desired and not reported; absent: nothing" }),
    }),
    metadata: z.object({ desired: values.optional(), reported: values.optional() }).openapi({
      description: "In the shape of the state, `{timestamp}` for each value: when it was last updated",
    }),
    version: version.openapi({ description: "0: there is no such shadow" }),
    timestamp: z.int().openapi({ description: "Epoch seconds", example: 1_795_000_000 }),
    clientToken: z.string().optional(),
  })
  .openapi("Shadow");

export const shadowUpdate = z
  .strictObject({
    state: z.strictObject({ desired: values.nullable().optional(), reported: values.nullable().optional() }).openapi({
      description: "What changes: null removes a key or a section, objects go into one another, arrays are replaced",
    }),
    version: version.optional().openapi({ description: "The same as `If-Match`" }),
    clientToken: z.string().max(64).optional(),
  })
  .openapi("ShadowUpdate", { example: { state: { desired: { led: "on" } } } });

export const shadowList = z.object({
  items: z.array(
    z.object({
      name: z.string().nullable().openapi({ description: "Null: the classic shadow" }),
      version,
      updatedAt: instant,
    }),
  ),
});

export const shadowHistory = z.object({
  items: z.array(
    z.object({
      version: version.openapi({ description: "Of the document that the change led to" }),
      changedAt: instant,
      author: z.string().nullable().openapi({
        description: "The device, app token or user; null: a message of the API, or a will",
        example: "usr_01jcz7k3q8w6x2f0v9rt",
      }),
      configurationId: z.string().nullable().openapi({
        description: "The configuration that the change comes of; null: it was made on the device itself",
      }),
      desired: values.openapi({ description: "All that was desired from then on" }),
    }),
  ),
});

export const shadowReversion = z
  .strictObject({ version: version.openapi({ description: "0: before anything was desired" }) })
  .openapi("ShadowReversion", { example: { version: 0 } });
