// /v1/openapi.json and /v1/docs: the API described by the very schemas that validate it. The description is written by
// `npm run api:types`, because making it takes more CPU than a request has on the free plan, and kept among the static assets,
// because it would be a twentieth of the Worker.
import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";
import { type ApiDescription, docsPage } from "../pages/docs-page.ts";

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

type Description = ApiDescription & { openapi: string };

/** Where web/vite.config.ts puts it. */
const assetPath = "/api-description.json";

export function serveOpenApi(app: OpenAPIHono<AppEnv>): void {
  // memory: read, and the page made, when first asked for: both take some milliseconds.
  let description: Description | undefined;
  let page: ReturnType<typeof docsPage> | undefined;

  async function describe({ env, req }: Context<AppEnv>): Promise<Description> {
    if (description) return description;
    const asset = await env.ASSETS.fetch(new URL(assetPath, req.url));
    if (!asset.ok) throw new Error(`The asset ${assetPath} is answered with ${asset.status}.`);
    return (description = await asset.json<Description>());
  }

  app.openapi(descriptionRoute, async (c) =>
    c.json({ ...(await describe(c)), servers: [{ url: c.var.request.baseUrl }] }, 200),
  );

  app.openapi(docsRoute, async (c) => {
    page ??= docsPage(await describe(c));
    c.header("Content-Security-Policy", page.contentSecurityPolicy);
    return c.html(page.html);
  });
}
