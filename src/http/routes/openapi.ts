// /v1/openapi.json and /v1/docs: the API described by the very schemas that validate it. The description is written by
// `npm run api:types`, because making it takes more CPU than a request has on the free plan.
import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import description from "../../../web/api/openapi.json" with { type: "json" };
import type { AppEnv } from "../app-env.ts";
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
  app.openapi(descriptionRoute, (c) => c.json({ ...description, servers: [{ url: c.var.request.baseUrl }] }, 200));

  // Made when first asked for: it takes some milliseconds.
  let page: ReturnType<typeof docsPage> | undefined;
  app.openapi(docsRoute, (c) => {
    page ??= docsPage(description);
    c.header("Content-Security-Policy", page.contentSecurityPolicy);
    return c.html(page.html);
  });
}
