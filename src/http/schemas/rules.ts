// Rules as the API takes and shows them. What does not fit together is refused by src/domain/rules/faults.ts.
import { z } from "@hono/zod-openapi";
import { maxTextLength, maxTitleLength } from "../../domain/notifications.ts";
import { weekdays } from "../../domain/rules/rule.ts";
import { line } from "./common.ts";

const longestSeconds = 30 * 24 * 3600;
const maxPayloadLength = 4096;

const seconds = z.int().min(0).max(longestSeconds);
const id = z.string().min(1).max(64);
const streamValue = z.union([z.number(), z.boolean(), z.string().min(1).max(256)]);

const device = z
  .strictObject({ deviceId: id.optional(), tag: line(50).optional() })
  .refine((choice) => (choice.deviceId === undefined) !== (choice.tag === undefined), "send either deviceId or tag")
  .openapi("RuleDevice", { description: "One device, or every device with a tag", example: { tag: "freezer" } });

const streamTrigger = z.strictObject({
  type: z.literal("stream"),
  device,
  stream: z.string().min(1).max(64),
  is: z.enum(["above", "below", "equal", "notEqual", "changed"]),
  value: streamValue.nullable().default(null).openapi({ description: "Left out for `changed`" }),
  hysteresis: z.number().min(0).max(1e12).default(0).openapi({
    description: "How far a number must come back before it can cross again; for `changed`, the change that is ignored",
  }),
  forSeconds: seconds.default(0).openapi({ description: "How long it must stay there before the rule fires" }),
});

const presenceTrigger = z.strictObject({
  type: z.enum(["offline", "online"]),
  device,
  forSeconds: seconds.default(60).openapi({
    description: "How long it must be away: until `offline` fires, or before its return counts as `online`",
  }),
});

const when = z
  .strictObject({
    cron: z.string().max(100).optional().openapi({ description: "Five fields", example: "30 7 * * 1-5" }),
    time: z
      .string()
      .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 07:30")
      .optional(),
    days: z.array(z.enum(weekdays)).max(7).optional().openapi({ description: "Beside `time`; none: every day" }),
  })
  .refine(({ cron, time }) => (cron === undefined) !== (time === undefined), "send either cron or time")
  .refine(({ cron, days }) => cron === undefined || days === undefined, { message: "go with time", path: ["days"] })
  .transform(({ cron, time = "", days = [] }) => (cron === undefined ? { time, days } : { cron }));

const scheduleTrigger = z.strictObject({
  type: z.literal("schedule"),
  timeZone: z.string().max(64).openapi({ description: "IANA's name", example: "Europe/Berlin" }),
  when,
});

const payload = z
  .union([z.string().max(maxPayloadLength), z.number(), z.boolean()])
  .transform(String)
  .openapi({ description: "With {value}, {device}, {deviceName}, {stream} and {rule} filled in" });

const setAction = z.strictObject({
  type: z.literal("set"),
  deviceId: id.nullable().default(null).openapi({ description: "null: the device the rule fired for" }),
  name: z.string().min(1).max(64).openapi({ description: "Published to `devices/{id}/set/{name}`, with QoS 1" }),
  payload,
});

const publishAction = z.strictObject({
  type: z.literal("publish"),
  topic: z.string().min(1).max(256).openapi({ description: "{device} and {stream} are filled in" }),
  payload,
  qos: z.union([z.literal(0), z.literal(1)]).default(1),
  retain: z.boolean().default(false),
});

const channel = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("email") }),
  z.strictObject({ kind: z.literal("push") }),
  z.strictObject({ kind: z.literal("webhook"), webhookId: id }),
]);

const notifyAction = z.strictObject({
  type: z.literal("notify"),
  channels: z.array(channel).min(1).max(5),
  title: z.string().max(maxTitleLength).nullable().default(null).openapi({ description: "null: the rule's name" }),
  text: z
    .string()
    .max(maxTextLength)
    .nullable()
    .default(null)
    .openapi({ description: "null: what happened, in words" }),
});

const trigger = z
  .discriminatedUnion("type", [streamTrigger, presenceTrigger, scheduleTrigger])
  .openapi("NewRuleTrigger");
const action = z.discriminatedUnion("type", [setAction, publishAction, notifyAction]).openapi("NewRuleAction");

const ruleFields = z.strictObject({
  name: line(100),
  enabled: z.boolean().optional(),
  trigger,
  actions: z.array(action).min(1).max(10),
});

export const newRule = ruleFields.openapi("NewRule", {
  example: {
    name: "Freezer too warm",
    trigger: {
      type: "stream",
      device: { tag: "freezer" },
      stream: "temperature",
      is: "above",
      value: -10,
      hysteresis: 2,
    },
    actions: [{ type: "notify", channels: [{ kind: "email" }], text: "{deviceName} has {value} °C" }],
  },
});

export const ruleChange = ruleFields.partial().openapi("RuleChange", { example: { enabled: false } });

export const ruleParams = z.object({ id: z.string().max(64) });
