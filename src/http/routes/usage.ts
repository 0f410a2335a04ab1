// /v1/usage: what the user's devices were metered at, and what that costs.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { getUsage } from "../../services/usage/get-usage.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json } from "../schemas/common.ts";
import { usageQuery, usageReport } from "../schemas/usage.ts";
import { refuseInvalid } from "../validation.ts";

export const usageRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

usageRoutes.openapi(
  createRoute({
    method: "get",
    path: "/usage",
    tags: ["Usage"],
    summary: "What was used and what it costs, by device, day or operation",
    description:
      "Counts are those of the hub, which never counts too much: what it had counted since its last row may be lost in a crash or with its sleep. Rows of the database are in no user's bill.",
    request: { query: usageQuery },
    responses: { 200: json(usageReport, "Usage of whole days, a page of its lines"), ...failures("bad_request") },
  }),
  async (c) => c.json(await getUsage({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);
