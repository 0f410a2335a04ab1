// What a check-in takes and answers, for the description of the API. It is read by hand (check-in-forms.ts), for it comes in three forms.
import { z } from "@hono/zod-openapi";
import { instant, pageOf } from "./common.ts";

const metric = z.union([z.number(), z.boolean(), z.string().max(256)]);

export const checkInForm = z
  .object({
    ack: z.string().optional().openapi({ description: "`cursor` of the answer whose messages were dealt with" }),
    firmwareVersion: z.string().max(256).optional(),
    addresses: z.array(z.string()).max(16).optional().openapi({ description: "In a form separated by commas" }),
    reported: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: "Goes to the classic shadow, `reported/{name}` to a named one; in a form as JSON" }),
    metrics: z
      .record(z.string(), metric)
      .optional()
      .openapi({ description: "A stream each; in a form they stand beside" }),
  })
  .catchall(z.union([metric, z.record(z.string(), z.unknown())]))
  .openapi("CheckIn", { example: { uptime: 86_400, cpu: 0.12, firmwareVersion: "1.4.2" } });

export const checkInQuery = z.object({
  ack: z.string().optional().openapi({ description: "As in the body" }),
  fresh: z.enum(["0", "1"]).optional().openapi({ description: "1: ask the hub, whatever is kept at the edge" }),
  format: z.enum(["json", "line"]).optional().openapi({ description: "`line`: lines of `key=value`" }),
  etag: z.string().optional().openapi({ description: "For clients that cannot send `If-None-Match`" }),
});

const softwareExample = { name: "curl", version: "8.5.0", system: null };

const waitingMessage = z.object({
  topic: z.string().openapi({ description: "Below `devices/{id}/`", example: "set/led" }),
  payload: z.string().optional(),
  payloadBase64: z.string().optional().openapi({ description: "Of what is not UTF-8" }),
});

const delta = z.object({ version: z.int(), state: z.record(z.string(), z.unknown()) });

export const checkInAnswer = z
  .object({
    etag: z.string(),
    nextCheckinSeconds: z.int().openapi({ description: "Check in again after this many seconds" }),
    reportAfterSeconds: z.int().openapi({ description: "Report again this many seconds after the last report" }),
    cursor: z.string().nullable().openapi({ description: "Send it as `ack` once the messages are dealt with" }),
    more: z.boolean().openapi({ description: "Whether more wait than were given" }),
    messages: z
      .array(waitingMessage)
      .openapi({ description: "QoS 1 and 2 messages to `devices/{id}/set/#`, the oldest first" }),
    delta: delta.nullable().openapi({ description: "What the classic shadow wants that the device has not reported" }),
    shadows: z
      .record(z.string(), delta)
      .openapi({ description: "The same of named shadows, of those that want something" }),
  })
  .openapi("CheckInAnswer");

const told = z.object({
  firmwareVersion: z.string().nullable(),
  addresses: z.array(z.string()).nullable().openapi({ description: "As the device says them" }),
  address: z.string().nullable().openapi({ description: "As we see it" }),
  country: z.string().nullable(),
  city: z.string().nullable(),
  asn: z.int().nullable(),
  network: z.string().nullable(),
  edge: z.string().nullable(),
  client: z.string().nullable().openapi({ description: "From `User-Agent`" }),
  software: z
    .object({ name: z.string(), version: z.string().nullable(), system: z.string().nullable() })
    .nullable()
    .openapi({ description: "What `client` says of the device's software", example: softwareExample }),
});

const lastReport = told.extend({ seenAt: instant }).openapi("LastCheckIn");

export const lastCheckIn = z.object({
  checkIn: lastReport.nullable().openapi({ description: "null: it never reported by polling" }),
});

const rawCheckIn = told
  .extend({
    at: instant,
    metrics: z.record(z.string(), metric),
    reported: z.record(z.string(), z.unknown()).nullable().openapi({ description: "Of the classic shadow" }),
    shadows: z.record(z.string(), z.unknown()).openapi({ description: "What was reported of named shadows" }),
  })
  .openapi("RawCheckIn");

export const checkInPage = pageOf(rawCheckIn);

const time = z.coerce.number().int().min(0).max(8_640_000_000_000_000);

export const checkInsQuery = z.object({
  from: time.optional().openapi({ description: "Epoch ms; without it a day before `to`" }),
  to: time.optional().openapi({ description: "Epoch ms, not included; without it now" }),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, "must be the nextCursor of the page before")
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
