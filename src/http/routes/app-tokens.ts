// /v1/app-tokens: tokens for scripts and MQTT tools.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { createAppToken } from "../../services/app-tokens/create-app-token.ts";
import { listAppTokens } from "../../services/app-tokens/list-app-tokens.ts";
import { revokeAppToken } from "../../services/app-tokens/revoke-app-token.ts";
import type { AppEnv } from "../app-env.ts";
import { appToken, appTokenParams, issuedAppToken, newAppToken } from "../schemas/app-tokens.ts";
import { failures, json, jsonBody, noContent, pageOf, pageQuery } from "../schemas/common.ts";
import { refuseInvalid } from "../validation.ts";

export const appTokenRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

appTokenRoutes.openapi(
  createRoute({
    method: "post",
    path: "/app-tokens",
    tags: ["App tokens"],
    summary: "Issue an app token",
    request: { body: jsonBody(newAppToken) },
    responses: { 201: json(issuedAppToken, "The token, shown once"), ...failures("bad_request") },
  }),
  async (c) => c.json(await createAppToken({ ctx: c.var.ctx, input: c.req.valid("json") }), 201),
);

appTokenRoutes.openapi(
  createRoute({
    method: "get",
    path: "/app-tokens",
    tags: ["App tokens"],
    summary: "List app tokens in order of creation",
    request: { query: pageQuery },
    responses: { 200: json(pageOf(appToken), "A page of app tokens"), ...failures("bad_request") },
  }),
  async (c) => c.json(await listAppTokens({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);

appTokenRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/app-tokens/{id}",
    tags: ["App tokens"],
    summary: "Revoke an app token and close its connections",
    request: { params: appTokenParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await revokeAppToken({ ctx: c.var.ctx, input: { tokenId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);
