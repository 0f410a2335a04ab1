// /v1/connections: who is connected how, and ending one of them.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { endConnection } from "../../services/connections/end-connection.ts";
import { listConnections } from "../../services/connections/list-connections.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, noContent, pageOf } from "../schemas/common.ts";
import { connection, connectionParams, connectionQuery } from "../schemas/connections.ts";
import { refuseInvalid } from "../validation.ts";

export const connectionRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

connectionRoutes.openapi(
  createRoute({
    method: "get",
    path: "/connections",
    tags: ["Connections"],
    summary: "List the live connections of devices and apps, the oldest first",
    request: { query: connectionQuery },
    responses: { 200: json(pageOf(connection), "A page of connections"), ...failures("bad_request") },
  }),
  async (c) => {
    const { apps, ...query } = c.req.valid("query");
    return c.json(await listConnections({ ctx: c.var.ctx, input: { ...query, appsOnly: apps === "true" } }), 200);
  },
);

connectionRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/connections/{id}",
    tags: ["Connections"],
    summary: "End a connection; its will is published, and its client may come back",
    request: { params: connectionParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await endConnection({ ctx: c.var.ctx, input: { connectionId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);
