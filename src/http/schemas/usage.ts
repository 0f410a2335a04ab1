// What was used and what it costs, as the API shows it.
import { z } from "@hono/zod-openapi";
import { instant, pageQuery } from "./common.ts";

const at = z.coerce.number().int().min(0).max(8_640_000_000_000_000);
const count = z.number().min(0).nullable();
const dollars = z.number().min(0);

const money = {
  gross: dollars.openapi({ description: "US$, as if nothing were included in the plan" }),
  net: dollars.openapi({
    description: "US$ beyond this time's share of what the plan includes, as if nobody else used the deployment",
  }),
};

const line = {
  messages: count.openapi({ description: "WebSocket messages that came in; twenty are billed as one request" }),
  requests: count.openapi({ description: "Upgrades of sockets, and calls of the hub for the API and for jobs" }),
  alarms: count,
  rowsRead: count,
  rowsWritten: count,
  operations: z.record(z.string(), z.number().min(0)).openapi({
    description:
      "What the platform bills, by operation; docs/cost.md. `objectGigabyteSeconds`, the handlers' time, is an estimate from a benchmark. What is done around the hub (a part of `workerRequests`; `kvReads`, `mails`, most of `queueOperations` and of R2's) is a lower bound: it is told with the next call of the hub, and lost with a Worker that ends before",
    example: { objectRequests: 120.5, rowsWritten: 4 },
  }),
  ...money,
};

export const usageReport = z
  .object({
    from: instant,
    to: instant,
    currency: z.literal("USD"),
    pricesReadAt: z.string().openapi({ description: "The month the price list is of", example: "2026-11" }),
    total: z.object(line),
    projectedMonth: z.object(money).openapi({ description: "Of 30 days like these" }),
    by: z.enum(["device", "day", "operation"]),
    items: z.array(
      z.object({
        key: z.string().openapi({
          description:
            "By device: its id (with requests of the API whose path names it), or `apps` (all apps and the rest of the API), or `hub` (what is nobody's); a day (UTC); an operation",
          example: "dev_01jcz7k3q8w6x2f0v9rt",
        }),
        ...line,
      }),
    ),
    nextCursor: z.string().nullable().openapi({ description: "Send it as `cursor`; null on the last page" }),
  })
  .openapi("Usage");

export const usageQuery = z.object({
  from: at
    .optional()
    .openapi({ description: "Epoch milliseconds; the day (UTC) it is in counts whole. Default: the month's first" }),
  to: at
    .optional()
    .openapi({ description: "Epoch milliseconds; the day it is in counts whole. Default: now. 92 days at most" }),
  by: z.enum(["device", "day", "operation"]).default("device"),
  cursor: z.string().max(64).optional(),
  limit: pageQuery.shape.limit,
});
