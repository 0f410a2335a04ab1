// Exports, as the API shows them.
import { z } from "@hono/zod-openapi";
import { instant, pageQuery } from "./common.ts";

const count = z.int().min(0);

export const exportView = z
  .object({
    id: z.string().openapi({ example: "exp_01jcz7k3q8w6x2f0v9rt" }),
    status: z.enum(["pending", "running", "done", "failed"]),
    partsDone: count.openapi({ description: "Of what is exported: kinds of things, and devices" }),
    partsKnown: count.openapi({
      description: "How many there are, as far as that is known: it grows at the beginning",
    }),
    bytes: count.openapi({ description: "Of the file so far" }),
    error: z.string().nullable().openapi({ description: "Of one that failed" }),
    createdAt: instant,
    finishedAt: instant.nullable(),
    expiresAt: instant.nullable().openapi({ description: "When it is removed with its file; null: it is being made" }),
  })
  .openapi("Export");

export const exportParams = z.object({ id: z.string().max(64) });
export const exportQuery = pageQuery;

export const rangeHeader = z.object({
  range: z.string().max(100).optional().openapi({ description: "One range of bytes", example: "bytes=1048576-" }),
});
