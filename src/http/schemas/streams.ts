// Streams and their histories as the API takes and shows them.
import { z } from "@hono/zod-openapi";
import { isStreamName } from "../../domain/streams/datapoints.ts";
import { aggregates, maxDevices } from "../../domain/streams/history.ts";
import { resolutions } from "../../domain/streams/resolution.ts";
import { instant, line } from "./common.ts";

const streamName = z.string().refine(isStreamName, "must be the name of a stream: one level of a topic");

export const stream = z
  .object({
    name: z.string(),
    kind: z.enum(["number", "boolean", "text"]).nullable(),
    value: z
      .union([z.number(), z.boolean(), z.string()])
      .nullable()
      .openapi({ description: "The last one; null: it was taken back, or is a text of more than 256 bytes" }),
    at: instant,
    unit: z.string().nullable(),
    label: z.string().nullable(),
    raw: z.boolean().openapi({ description: "Whether every datapoint is kept; docs/streams.md has the price" }),
  })
  .openapi("Stream");

export const changedStream = stream
  .extend({
    rawUsdPerMonth: z.number().openapi({
      description:
        "What raw histories cost for a device that sends all the time, before what the plan includes: docs/streams.md",
    }),
  })
  .openapi("ChangedStream");

export const streamList = z.object({ items: z.array(stream) });

export const streamChange = z
  .strictObject({ unit: line(20).nullable(), label: line(100).nullable(), raw: z.boolean() })
  .partial()
  .openapi("StreamChange", { example: { unit: "°C", label: "Living room" } });

export const streamParams = z.object({ id: z.string().max(64), name: streamName });

const epochMs = z.coerce.number().int().min(0).max(253_402_300_799_999);

const historyQueryFields = z.object({
  from: epochMs.optional().openapi({ description: "Epoch milliseconds; without it a day before `to`" }),
  to: epochMs.optional().openapi({ description: "Epoch milliseconds; without it now" }),
  resolution: z
    .enum(["auto", ...resolutions])
    .default("auto")
    .openapi({
      description:
        "`auto`: by minute, hour or day, as fits into `limit` points; `raw`: datapoints, where they are kept",
    }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(1500)
    .openapi({ description: "Steps, or datapoints, told at most" }),
  format: z
    .enum(["json", "csv"])
    .optional()
    .openapi({ description: "Without it what `Accept` asks for: `text/csv`, or JSON" }),
});

export const historyQuery = historyQueryFields;

export const togetherQuery = historyQueryFields.extend({
  name: streamName.openapi({ description: "The stream of that name of each device", example: "temperature" }),
  devices: z
    .string()
    .max(4000)
    .transform((text) => [...new Set(text.split(",").filter((id) => id !== ""))])
    .pipe(z.array(z.string().max(64)).min(1).max(maxDevices))
    .optional()
    .openapi({ type: "string", description: "Ids of up to 50 devices, separated by commas; without it all devices" }),
  resolution: z.enum(["auto", "minute", "hour", "day"]).default("auto"),
  aggregate: z.enum(aggregates).default("mean").openapi({ description: "How the devices' values become one" }),
});

const point = z.object({
  at: instant.openapi({ description: "When the minute, hour or day (UTC) begins" }),
  mean: z.number(),
  min: z.number(),
  max: z.number(),
  count: z.int().openapi({ description: "Datapoints in it; of several devices together: devices that have some" }),
});

export const history = z
  .object({
    name: z.string(),
    unit: z.string().nullable(),
    label: z.string().nullable(),
    resolution: z.enum(resolutions),
    stepMs: z.int(),
    from: instant,
    to: instant,
    nextFrom: instant.nullable().openapi({ description: "Send it as `from` for the rest; null: there is none" }),
    points: z.array(point),
    gaps: z
      .array(z.object({ from: instant, to: instant }))
      .openapi({ description: "Times without a datapoint; they have no points" }),
  })
  .openapi("StreamHistory");

export const togetherHistory = history
  .omit({ unit: true, label: true })
  .extend({ aggregate: z.enum(aggregates) })
  .openapi("StreamsHistory");
