// /healthz and /readyz, for whoever watches the deployment.
import { OpenAPIHono, createRoute, z } from "@hono/zod-openapi";
import { checkReadiness } from "../../services/check-readiness.ts";
import type { AppEnv } from "../app-env.ts";
import { contextOf } from "../middleware/request-context.ts";
import { json, refusals } from "../schemas/common.ts";

export const operatingRoutes = new OpenAPIHono<AppEnv>();

const wellness = z.object({ status: z.literal("ok") });

operatingRoutes.openapi(
  createRoute({
    method: "get",
    path: "/healthz",
    tags: ["Operating"],
    summary: "Whether the Worker runs; asks nobody else",
    security: [],
    responses: { 200: json(wellness, "It runs") },
  }),
  (c) => c.json({ status: "ok" as const }, 200),
);

operatingRoutes.openapi(
  createRoute({
    method: "get",
    path: "/readyz",
    tags: ["Operating"],
    summary: "Whether requests can be served: the configuration is valid, the database answers and is up to date",
    security: [],
    responses: {
      200: json(wellness, "They can"),
      ...refusals(["internal", "unavailable", "schema_outdated"]),
    },
  }),
  async (c) => {
    await checkReadiness({ ctx: contextOf(c) });
    return c.json({ status: "ok" as const }, 200);
  },
);
