// /v1/openapi.json and /v1/docs: the API described by the very schemas that validate it.
import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { AppEnv } from "../app-env.ts";
import { describeApi } from "../description/describe-api.ts";
import { docsPage } from "../pages/docs-page.ts";

const descriptionRoute = createRoute({
  method: "get",
  path: "/v1/openapi.json",
  tags: ["Operating"],
  summary: "This description",
  security: [],
  responses: {
    200: {
      description: "OpenAPI 3.1",
      content: { "application/json": { schema: z.object({ openapi: z.string() }).loose() } },
    },
  },
});

const docsRoute = createRoute({
  method: "get",
  path: "/v1/docs",
  tags: ["Operating"],
  summary: "This description as a page",
  security: [],
  responses: { 200: { description: "A page without scripts", content: { "text/html": { schema: z.string() } } } },
});

export function serveOpenApi(app: OpenAPIHono<AppEnv>): void {
  // Made when first asked for, when all routes are there; it takes some milliseconds.
  let description: ReturnType<typeof describeApi> | undefined;
  let page: ReturnType<typeof docsPage> | undefined;

  app.openapi(descriptionRoute, (c) => {
    description ??= describeApi(app);
    return c.json({ ...description, servers: [{ url: c.var.request.baseUrl }] }, 200);
  });

  app.openapi(docsRoute, (c) => {
    description ??= describeApi(app);
    page ??= docsPage(description);
    c.header("Content-Security-Policy", page.contentSecurityPolicy);
    return c.html(page.html);
  });
}
