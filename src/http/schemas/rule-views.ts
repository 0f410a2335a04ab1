// Rules and their logs as the API answers them.
import { z } from "@hono/zod-openapi";
import { weekdays } from "../../domain/rules/rule.ts";
import { instant } from "./common.ts";

const value = z.union([z.number(), z.boolean(), z.string()]).nullable();
const device = z.union([z.object({ deviceId: z.string() }), z.object({ tag: z.string() })]);

const trigger = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("stream"),
      device,
      stream: z.string(),
      is: z.enum(["above", "below", "equal", "notEqual", "changed"]),
      value,
      hysteresis: z.number(),
      forSeconds: z.int(),
    }),
    z.object({ type: z.enum(["offline", "online"]), device, forSeconds: z.int() }),
    z.object({
      type: z.literal("schedule"),
      timeZone: z.string(),
      when: z.union([z.object({ cron: z.string() }), z.object({ time: z.string(), days: z.array(z.enum(weekdays)) })]),
    }),
  ])
  .openapi("RuleTrigger");

const channel = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("email") }),
  z.object({ kind: z.literal("push") }),
  z.object({ kind: z.literal("webhook"), webhookId: z.string() }),
]);

const action = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("set"), deviceId: z.string().nullable(), name: z.string(), payload: z.string() }),
    z.object({
      type: z.literal("publish"),
      topic: z.string(),
      payload: z.string(),
      qos: z.union([z.literal(0), z.literal(1)]),
      retain: z.boolean(),
    }),
    z.object({
      type: z.literal("notify"),
      channels: z.array(channel),
      title: z.string().nullable(),
      text: z.string().nullable(),
    }),
  ])
  .openapi("RuleAction");

export const rule = z
  .object({
    id: z.string(),
    name: z.string(),
    enabled: z.boolean(),
    trigger,
    actions: z.array(action),
    author: z.string().openapi({ description: "Who wrote it last" }),
    createdAt: instant,
    updatedAt: instant,
    nextAt: instant
      .nullable()
      .openapi({ description: "When its schedule comes due; null: it has none, or is disabled" }),
    lastFiredAt: instant.nullable(),
  })
  .openapi("Rule");

export const ruleList = z.object({ items: z.array(rule) });

export const firing = z
  .object({
    id: z.string(),
    at: instant,
    outcome: z.enum(["fired", "suppressed", "missed"]).openapi({
      description: "`suppressed`: too often, or rules set each other off; `missed`: it came due and could not be kept",
    }),
    cause: z.object({
      type: z.enum(["stream", "offline", "online", "schedule", "test"]),
      deviceId: z.string().nullable(),
      deviceName: z.string().nullable(),
      stream: z.string().nullable(),
      value,
      condition: z.string().openapi({ example: "temperature above -10" }),
    }),
    reason: z.string().nullable().openapi({ description: "Why it did nothing; null: it fired" }),
    actions: z.array(
      z.object({
        type: z.enum(["set", "publish", "email", "push", "webhook"]),
        status: z.enum(["done", "waiting", "delivered", "failed", "suppressed"]).openapi({
          description: "`waiting`: a notification that is on its way",
        }),
        detail: z.string(),
        notificationId: z.string().nullable(),
        targetId: z.string().nullable().openapi({ description: "The webhook, or the browser's subscription" }),
      }),
    ),
  })
  .openapi("RuleFiring");

export const firingList = z.object({ items: z.array(firing) });
