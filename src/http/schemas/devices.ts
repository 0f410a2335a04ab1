// Devices as the API takes and shows them.
import { z } from "@hono/zod-openapi";
import { isTopicFilter } from "../../domain/topics.ts";
import { hubAddresses, instant, line, pageQuery } from "./common.ts";

const tags = z
  .array(line(50))
  .max(20)
  .refine((list) => new Set(list).size === list.length, "must not repeat a tag");

const attributes = z
  .record(line(64), z.union([z.string().max(500), z.number(), z.boolean()]))
  .refine((record) => Object.keys(record).length <= 50, "must have at most 50 entries");

export const topicFilters = z
  .array(
    z
      .string()
      .max(256)
      .refine((text) => isTopicFilter(text) && !text.startsWith("$share/"), "must be an MQTT topic filter"),
  )
  .max(20);

const grants = z.strictObject({ publish: topicFilters.optional(), subscribe: topicFilters.optional() }).openapi({
  description: "Topic filters the device may use beyond its own topics; a change replaces both lists",
  example: { publish: ["homeassistant/#"], subscribe: [] },
});

const checkInSeconds = z.int().min(1).max(86_400).nullable().openapi({
  description:
    "How often it is to check in, if it polls; null: as the deployment says. Three times as long it counts as present",
});

export const newDevice = z
  .strictObject({
    name: line(100),
    model: line(100).nullable().optional(),
    tags: tags.optional(),
    attributes: attributes.optional(),
    grants: grants.optional(),
    checkInSeconds: checkInSeconds.optional(),
  })
  .openapi("NewDevice", { example: { name: "Desk lamp", model: "lamp-v2", tags: ["office"] } });

export const deviceChange = newDevice.partial().openapi("DeviceChange", { example: { name: "Hall lamp" } });

export const device = z
  .object({
    id: z.string(),
    name: z.string(),
    model: z.string().nullable(),
    tags: z.array(z.string()),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    grants: z.object({ publish: z.array(z.string()), subscribe: z.array(z.string()) }),
    checkInSeconds: z.int().nullable(),
    hasCredential: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi("Device");

export const deviceQuery = pageQuery.extend({
  name: line(100).optional().openapi({ description: "Part of the name, ignoring case" }),
  tag: line(50).optional(),
});

export const deviceParams = z.object({ id: z.string().max(64) });

export const credential = z
  .object({
    deviceId: z.string(),
    credential: z.string().openapi({ description: "The device's MQTT password; shown once" }),
    gen: z.int(),
    ...hubAddresses,
    relayUrl: z.url().openapi({ description: "For clients that can choose neither path nor headers" }),
  })
  .openapi("DeviceCredential");

export const message = z
  .strictObject({
    topic: z.string().min(1).max(1024).openapi({ description: "Below `devices/{id}/`", example: "set/led" }),
    payload: z.unknown().optional().openapi({ description: "A string is sent as it is, anything else as JSON text" }),
    payloadBase64: z.base64().optional(),
    qos: z
      .union([z.literal(0), z.literal(1)])
      .default(1)
      .openapi({ description: "1 waits for an offline device" }),
    retain: z.boolean().default(false),
  })
  .refine((body) => (body.payload === undefined) !== (body.payloadBase64 === undefined), {
    message: "send either payload or payloadBase64",
    path: ["payload"],
  })
  .openapi("Message", { example: { topic: "set/led", payload: "on" } });

export const published = z.object({
  topic: z.string(),
  recipients: z.int().openapi({ description: "Connections it was sent to" }),
});

export const presence = z.object({ online: z.boolean(), lastSeenAt: instant.nullable() }).openapi("Presence");
