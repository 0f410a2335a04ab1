// Connections as the API shows them.
import { z } from "@hono/zod-openapi";
import { instant, pageQuery } from "./common.ts";

const count = z.int().min(0);

export const connection = z
  .object({
    id: z.string().openapi({ description: "Ids sort by time", example: "con_01jcz7k3q8w6x2f0v9rt" }),
    deviceId: z.string().nullable().openapi({ description: "Null: an app's" }),
    appTokenId: z.string().nullable().openapi({ description: "Null: a device's, a share's, or an app's with a JWT" }),
    shareId: z.string().nullable().openapi({ description: "Of somebody a dashboard is shared with" }),
    name: z.string().nullable().openapi({
      description:
        "Of an app token its name, of a share the person's address or the link's label; null: neither has one",
    }),
    clientId: z.string(),
    protocol: z.enum(["mqtt", "json"]),
    protocolVersion: z.enum(["3.1.1", "5"]).nullable().openapi({ description: "Of MQTT" }),
    door: z.enum(["direct", "relayed"]).openapi({ description: "Straight to the hub, or piped through a Worker" }),
    country: z.string().nullable().openapi({ description: "Two letters (ISO 3166)", example: "DE" }),
    edge: z.string().nullable().openapi({ description: "The data centre where it came in", example: "FRA" }),
    address: z.string().nullable().openapi({ description: "The client's IP address" }),
    connectedAt: instant,
    lastSeenAt: instant,
    keepAliveSeconds: count.openapi({ description: "In force; 0: it may be silent for ever" }),
    sessionExpirySeconds: count.openapi({ description: "How long its session outlives it; 4294967295: for ever" }),
    subscriptions: count,
    inFlight: count.openapi({ description: "Messages it was sent and has not acknowledged" }),
    queued: count.openapi({ description: "Messages that wait until it has acknowledged others" }),
    queuedBytes: count,
    dropped: count.openapi({ description: "Messages to it that were dropped, since it connected" }),
    droppedFromQueue: count.openapi({
      description: "Messages that its session's queue had no room for, also while nobody was connected to the session",
    }),
    refused: count.openapi({ description: "Messages of it that were refused, since it connected" }),
  })
  .openapi("Connection");

export const connectionQuery = pageQuery.extend({
  deviceId: z.string().max(64).optional().openapi({ description: "Those of this device alone" }),
  apps: z.enum(["true", "false"]).default("false").openapi({ description: "`true`: without those of devices" }),
});

export const connectionParams = z.object({ id: z.string().max(64) });
