// Devices and entities that announced themselves, as the API shows and takes them.
import { z } from "@hono/zod-openapi";
import { controlTypes } from "../../domain/discovery/entity.ts";
import { isStreamName } from "../../domain/streams/datapoints.ts";
import { instant, line } from "./common.ts";

const words = z.string().nullable();
const value = z.union([z.number(), z.boolean(), z.string()]);
const payloads = z
  .record(z.string(), z.string())
  .nullable()
  .openapi({ description: "The payload of each value; null: the value itself" });

const state = z
  .object({
    topic: z.string().openapi({ description: "A topic, or a topic filter" }),
    template: words.openapi({ description: "Jinja over `value` and `value_json`; null: the payload as it is" }),
    payloads,
    field: words.openapi({ description: "When the payload is a JSON object: the field that counts" }),
  })
  .nullable();

const command = z
  .object({
    topic: z.string(),
    qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    retain: z.boolean(),
    payloads,
    pattern: words.openapi({
      description: "`$value` stands for the value, `$1` to `$3` for its parts between commas; null: see template",
    }),
    template: words.openapi({ description: "Only the hub can evaluate it: POST /v1/entities/{id}/commands" }),
  })
  .nullable();

const control = z
  .object({
    name: z.string().openapi({ description: "Unique in its entity", example: "brightness" }),
    type: z.enum(controlTypes).openapi({ description: "`value`: whatever comes; `trigger`: has no value" }),
    unit: words,
    min: z.number().nullable(),
    max: z.number().nullable(),
    step: z.number().nullable(),
    options: z.array(z.string()).nullable(),
    format: z.enum(["rgb", "hs", "xy"]).nullable().openapi({ description: "Of a colour: the parts of its text" }),
    state: state.openapi({ description: "How its value is read; null: it has none" }),
    command: command.openapi({ description: "How it is set; null: it can be read alone" }),
    stream: words.openapi({ description: "The stream of `deviceId` that has its values" }),
    value: value.nullable().openapi({ description: "The present one; null: unknown" }),
    at: instant.nullable().openapi({ description: "When it came; null: unknown" }),
  })
  .openapi("EntityControl");

const entity = z
  .object({
    id: z.string().openapi({ example: "light.kitchen.lamp" }),
    kind: z.string().openapi({ description: "The component, or `raw` for one that is not known here" }),
    component: z.string(),
    name: z.string(),
    icon: words,
    deviceClass: words,
    stateClass: words,
    category: words.openapi({ description: "`config`, `diagnostic`, or null for what the device is there for" }),
    enabled: z.boolean().openapi({ description: "Whether it wants to be shown unasked" }),
    available: z.boolean().nullable().openapi({ description: "null: it does not say" }),
    availability: z
      .object({
        mode: z.enum(["all", "any", "latest"]),
        topics: z.array(
          z.object({ topic: z.string(), template: words, available: z.string(), notAvailable: z.string() }),
        ),
      })
      .nullable(),
    controls: z.array(control),
    config: z.record(z.string(), z.unknown()).nullable().openapi({ description: "Of a raw one: its announcement" }),
    problems: z.array(z.string()),
  })
  .openapi("Entity");

const announcedDevice = z
  .object({
    key: z.string(),
    deviceId: words.openapi({ description: "The device that announced it: itself or its bridge; null: an app did" }),
    name: z.string(),
    manufacturer: words,
    model: words,
    firmware: words,
    hardware: words,
    serialNumber: words,
    area: words,
    url: words,
    via: words,
    origin: z.object({ name: z.string(), version: words, url: words }).nullable(),
    entities: z.array(entity),
  })
  .openapi("AnnouncedDevice");

const settable = z.strictObject({
  name: z.string().refine(isStreamName, "must be one level of a topic"),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().positive().optional(),
  options: z.array(line(64)).min(1).max(50).optional(),
});

export const announcedPage = z.object({
  items: z.array(announcedDevice),
  nextCursor: words.openapi({ description: "Send it as `cursor`; null on the last page" }),
  problems: z
    .array(z.object({ topic: z.string(), problem: z.string() }))
    .openapi({ description: "Announcements that could not be read, or not as a whole" }),
});

export const deviceAnnouncedPage = announcedPage.extend({
  announcement: z
    .object({ settable: z.array(settable) })
    .nullable()
    .openapi({ description: "How the device itself is announced to others; null: it is not" }),
});

export const announcedQuery = z.object({
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50).openapi({ description: "Announced devices" }),
});

export const entityCommand = z
  .strictObject({
    control: z.string().max(64).optional().openapi({ description: "Without it the first that can be set" }),
    value: value.nullable().default(null).openapi({ description: "Of the control's type; null for a trigger" }),
  })
  .openapi("EntityCommand", { example: { value: true } });

export const entityParams = z.object({ id: z.string().max(300) });

export const commandSent = z.object({
  topic: z.string(),
  recipients: z.int().openapi({ description: "Connections it was sent to" }),
});

export const announcement = z
  .strictObject({
    settable: z
      .array(settable)
      .max(50)
      .default([])
      .openapi({ description: "What can be set, at `devices/{id}/set/{name}`; a stream of that name shows its state" }),
  })
  .openapi("Announcement", { example: { settable: [{ name: "led" }, { name: "level", min: 0, max: 100 }] } });

export const announced = z.object({ topic: z.string(), settable: z.array(settable) });
