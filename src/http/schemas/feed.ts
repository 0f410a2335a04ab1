// What the feed's routes take and answer.
import { z } from "@hono/zod-openapi";
import { instant } from "./common.ts";

export const recording = z.object({ seconds: z.int().min(1).max(86_400).openapi({ example: 600 }) });

export const recordingStarted = z.object({ recordingUntil: instant });

const entry = z
  .object({
    at: instant,
    type: z.enum(["connected", "disconnected", "published", "refused", "configured"]),
    connectionId: z.string().optional(),
    protocol: z.string().optional(),
    country: z.string().nullable().optional(),
    edge: z.string().nullable().optional(),
    topic: z.string().optional(),
    bytes: z.int().optional(),
    qos: z.int().optional(),
    by: z.enum(["device", "app"]).optional(),
    reasonCode: z.int().optional().openapi({ description: "Of MQTT 5" }),
    reason: z.string().optional(),
  })
  .openapi("FeedEntry");

export const recordedFeed = z
  .object({
    items: z.array(entry).openapi({ description: "The latest 200, the oldest first" }),
    recordingUntil: instant.nullable().openapi({ description: "null: errors alone are recorded" }),
  })
  .openapi("Feed");
