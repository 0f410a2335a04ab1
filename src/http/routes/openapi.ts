// /v1/openapi.json: the API described by the very schemas that validate it.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../app-env.ts";

export function serveOpenApi(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  app.doc31("/v1/openapi.json", (c) => ({
    openapi: "3.1.0",
    info: { title: "Homeport", version: "1" },
    servers: [{ url: c.var.request.baseUrl }],
    security: [{ bearer: [] }],
  }));
}
