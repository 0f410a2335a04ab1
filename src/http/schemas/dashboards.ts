// Dashboards as the API takes and shows them.
import { z } from "@hono/zod-openapi";
import { mayPublish, maySubscribe } from "../../domain/access.ts";
import { chartRanges, maxWidgets, maxWidgetsLength, type Widget } from "../../domain/dashboards/dashboard.ts";
import { isStreamName } from "../../domain/streams/datapoints.ts";
import { isTopic } from "../../domain/topics.ts";
import { instant, line } from "./common.ts";

const owner = { kind: "app", id: "", grants: null } as const;
const deviceId = z.string().regex(/^dev_[0-9a-z]{20}$/, "must be the id of a device");
const name = z.string().refine(isStreamName, "must be one level of a topic");
const topic = z.string().max(256).refine(isTopic, "must be a topic, without wildcards");
const template = z
  .string()
  .max(256)
  .refine((text) => text.includes("{value}"), "must contain {value}")
  .openapi({
    description: "What is sent, with the value for `{value}`; without it the value alone",
    example: "{value}",
  });

const stream = z.strictObject({ deviceId, stream: name });
const source = z
  .union([
    stream,
    z.strictObject({
      topic: topic.refine((text) => maySubscribe(owner, text), "must be a topic that an app may read"),
    }),
  ])
  .openapi("WidgetSource", { example: { deviceId: "dev_01jcz7k3q8w6x2f0v9rt", stream: "temperature" } });
const command = z
  .union([
    z.strictObject({ deviceId, set: name }),
    z.strictObject({ topic: topic.refine((text) => mayPublish(owner, text), "must be a topic that an app may write") }),
  ])
  .openapi("WidgetCommand", { example: { deviceId: "dev_01jcz7k3q8w6x2f0v9rt", set: "led" } });

const place = z
  .strictObject({
    x: z.int().min(0).max(11),
    y: z.int().min(0).max(999),
    w: z.int().min(1).max(12),
    h: z.int().min(1).max(24),
  })
  .refine(({ x, w }) => x + w <= 12, "must lie within 12 columns")
  .openapi({ description: "On a wide screen, in columns of 12 and rows; a narrow one shows widgets in their order" });

const common = {
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, "has up to 32 letters, digits, _ and -")
    .openapi({ description: "Yours; one of its kind in the dashboard" }),
  title: line(100).nullable().optional(),
  place: place.optional(),
};
const payload = z.string().max(1024);
const unit = line(20).optional();
const state = source.optional().openapi({ description: "Where what was sent is confirmed" });

/** A scale that has some length. */
const scale = { min: z.number(), max: z.number() };
function isScale({ min, max }: { min: number; max: number }): boolean {
  return min < max;
}
const needsLength = { message: "must be above min", path: ["max"] };

const widget = z
  .discriminatedUnion("type", [
    z.strictObject({ ...common, type: z.literal("button"), command, payload }),
    z.strictObject({ ...common, type: z.literal("switch"), command, on: payload, off: payload, state }),
    z
      .strictObject({
        ...common,
        type: z.literal("slider"),
        command,
        ...scale,
        step: z.number().positive(),
        unit,
        template: template.optional(),
        state,
      })
      .refine(isScale, needsLength),
    z
      .strictObject({ ...common, type: z.literal("colour"), command, template: template.optional(), state })
      .openapi({ description: "Sends and reads `#rrggbb`" }),
    z.strictObject({ ...common, type: z.literal("gauge"), source, ...scale, unit }).refine(isScale, needsLength),
    z.strictObject({
      ...common,
      type: z.literal("value"),
      source,
      unit,
      decimals: z.int().min(0).max(10).optional(),
    }),
    z.strictObject({
      ...common,
      type: z.literal("chart"),
      series: z
        .array(z.strictObject({ source: stream, label: line(100).optional() }))
        .min(1)
        .max(8),
      range: z.enum(chartRanges),
    }),
    z.strictObject({ ...common, type: z.literal("text"), text: z.string().max(4000) }),
    z.strictObject({
      ...common,
      type: z.literal("map"),
      points: z
        .array(z.strictObject({ latitude: source, longitude: source, label: line(100).optional() }))
        .min(1)
        .max(16),
    }),
    z
      .strictObject({
        ...common,
        type: z.literal("camera"),
        url: z
          .url({ protocol: /^https?$/ })
          .max(2048)
          .optional(),
        source: source.optional().openapi({ description: "Says the picture's URL" }),
        refreshSeconds: z.int().min(1).max(86_400).optional(),
      })
      .refine(({ url, source: said }) => (url === undefined) !== (said === undefined), "needs url or source"),
  ])
  .openapi("Widget");

const widgets = z
  .array(widget)
  .max(maxWidgets)
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, "must not repeat an id")
  .refine(
    (list) => JSON.stringify(list).length <= maxWidgetsLength,
    `must have at most ${maxWidgetsLength} characters as JSON`,
  )
  .transform((list): Widget[] => list);

const title = line(100);
const icon = line(64).nullable().openapi({ description: "What the console shows; any short name" });

export const newDashboard = z
  .strictObject({ title, icon: icon.optional(), widgets: widgets.optional() })
  .openapi("NewDashboard", {
    example: {
      title: "Living room",
      icon: "sofa",
      widgets: [
        {
          id: "led",
          type: "switch",
          title: "Lamp",
          command: { deviceId: "dev_01jcz7k3q8w6x2f0v9rt", set: "led" },
          on: "on",
          off: "off",
          state: { deviceId: "dev_01jcz7k3q8w6x2f0v9rt", stream: "led" },
        },
      ],
    },
  });

export const dashboardChange = z
  .strictObject({ title, icon, widgets })
  .partial()
  .openapi("DashboardChange", { example: { title: "Kitchen" } });

export const dashboardMatch = z.object({
  "if-match": z
    .string()
    .regex(/^(?:"\d{1,15}"|\d{1,15})$/, "must be a version")
    .transform((text) => Number(text.replaceAll('"', "")))
    .optional()
    .openapi({ type: "string", description: "The version that is to be changed; without it whichever there is" }),
});

const summaryFields = {
  id: z.string(),
  title: z.string(),
  icon: z.string().nullable(),
  version: z.int(),
  createdAt: instant,
  updatedAt: instant,
};

export const dashboardSummary = z.object(summaryFields).openapi("DashboardSummary");
export const dashboard = z.object({ ...summaryFields, widgets: z.array(widget) }).openapi("Dashboard");

export const dashboardOrder = z
  .strictObject({
    ids: z
      .array(z.string().max(64))
      .max(100)
      .refine((list) => new Set(list).size === list.length, "must not repeat an id"),
  })
  .openapi("DashboardOrder", { example: { ids: [] } });

export const dashboardParams = z.object({ id: z.string().max(64) });
