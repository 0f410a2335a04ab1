// /v1/openapi.json: the API described by the very schemas that validate it.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../app-env.ts";

export function serveOpenApi(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  const describe = () =>
    app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: { title: "Homeport", version: "1" },
      security: [{ bearer: [] }],
    });
  // Made when first asked for, when all routes are there; it takes tens of milliseconds.
  let description: ReturnType<typeof describe> | undefined;
  app.get("/v1/openapi.json", (c) => {
    description ??= describe();
    return c.json({ ...description, servers: [{ url: c.var.request.baseUrl }] });
  });
}
