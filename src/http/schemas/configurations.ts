// Configurations of models and tags as the API takes and shows them.
import { z } from "@hono/zod-openapi";
import { shadowName } from "../../domain/shadow/topics.ts";
import type { Patch } from "../../domain/shadow/request.ts";
import { instant, line, pageQuery } from "./common.ts";

const kind = z.enum(["model", "tag"]);
const key = line(100).openapi({ description: "The model, or the tag", example: "lamp-2" });
const named = z
  .string()
  .regex(shadowName, "must be 1 to 64 letters, digits, $, :, _ or -")
  .nullable()
  .openapi({ description: "Of a named shadow; null: the classic one" });
const desired = z
  .record(z.string(), z.unknown())
  .transform((values) => values as Patch)
  .openapi({ type: "object", description: "As `desired` of a shadow's update; null removes what the model desires" });
const schema = z
  .union([z.record(z.string(), z.unknown()), z.boolean()])
  .nullable()
  .openapi({
    description: "A JSON Schema (2020-12 or draft-07) for all that is desired of such a device; of models alone",
  });
const checkInSeconds = z.int().min(1).max(86_400).nullable().openapi({
  description:
    "How often devices of the model that poll are to check in, unless they have an interval of their own: docs/check-ins.md",
});
const version = z.int().min(1);

export const newConfiguration = z
  .strictObject({
    kind,
    key,
    shadowName: named.optional(),
    desired,
    schema: schema.optional(),
    checkInSeconds: checkInSeconds.optional(),
  })
  .openapi("NewConfiguration", {
    example: { kind: "tag", key: "garden", desired: { reportSeconds: 300 } },
  });

export const configurationChange = z
  .strictObject({ desired, schema, checkInSeconds })
  .partial()
  .openapi("ConfigurationChange", { example: { desired: { reportSeconds: 600 } } });

const shownValues = z.record(z.string(), z.unknown());
const content = { desired: shownValues, schema, checkInSeconds };

export const configuration = z
  .object({
    id: z.string(),
    kind,
    key,
    shadowName: named,
    ...content,
    version,
    author: z.string().openapi({ description: "Who made this version" }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Configuration");

export const configurationHistory = z.object({
  items: z.array(z.object({ version, author: z.string(), changedAt: instant, ...content })),
});

const group = z.object({ count: z.int(), deviceIds: z.array(z.string()).openapi({ description: "The first 100" }) });

export const configurationStatus = z
  .object({
    version,
    updatedAt: instant,
    devices: z.int(),
    inSync: group.openapi({ description: "Nothing is desired that they have not reported" }),
    differing: group.openapi({ description: "Something is" }),
    pending: group.openapi({ description: "Not told yet, or what they would be told is not valid for them" }),
    rejected: group
      .extend({ reasons: z.array(z.string()) })
      .openapi({ description: "Those that report `$rejected` for what is desired now, with their reasons" }),
    wentOffline: group.openapi({ description: "Went away after the change and are still away" }),
    schemaFault: z
      .string()
      .nullable()
      .openapi({ description: "Why the schema is not applied: it was given before such were refused; mostly null" }),
  })
  .openapi("ConfigurationStatus");

export const configurationRollback = z.strictObject({ version }).openapi("ConfigurationRollback", {
  example: { version: 1 },
});

export const configurationQuery = pageQuery.extend({ kind: kind.optional(), key: key.optional() });

export const configurationParams = z.object({ id: z.string().max(64) });

export const configurationMatch = z.object({
  "if-match": z
    .string()
    .regex(/^(?:"\d{1,15}"|\d{1,15})$/, "must be a version")
    .transform((text) => Number(text.replaceAll('"', "")))
    .optional()
    .openapi({ type: "string", description: "The version that is to be changed; without it whichever there is" }),
});
