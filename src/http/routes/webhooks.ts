// /v1/webhooks: addresses of the user's that rules can tell over HTTP.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { createWebhook } from "../../services/webhooks/create-webhook.ts";
import { listDeliveries } from "../../services/webhooks/list-deliveries.ts";
import { getWebhook, listWebhooks } from "../../services/webhooks/list-webhooks.ts";
import { rotateSecret } from "../../services/webhooks/rotate-secret.ts";
import { testWebhook } from "../../services/webhooks/test-webhook.ts";
import { deleteWebhook, updateWebhook } from "../../services/webhooks/update-webhook.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody, noContent, pageOf, pageQuery } from "../schemas/common.ts";
import {
  createdWebhook,
  deliveries,
  deliveryQuery,
  newWebhook,
  rotatedSecret,
  testResult,
  webhook,
  webhookChange,
  webhookParams,
} from "../schemas/webhooks.ts";
import { refuseInvalid } from "../validation.ts";

export const webhookRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
const tags = ["Webhooks"];

webhookRoutes.openapi(
  createRoute({
    method: "post",
    path: "/webhooks",
    tags,
    summary: "Register an address",
    request: { body: jsonBody(newWebhook) },
    responses: {
      201: json(createdWebhook, "The webhook, with its secret"),
      ...failures("bad_request", "quota_exceeded"),
    },
  }),
  async (c) => c.json(await createWebhook({ ctx: c.var.ctx, input: c.req.valid("json") }), 201),
);

webhookRoutes.openapi(
  createRoute({
    method: "get",
    path: "/webhooks",
    tags,
    summary: "List webhooks in order of creation",
    request: { query: pageQuery },
    responses: { 200: json(pageOf(webhook), "A page of webhooks"), ...failures("bad_request") },
  }),
  async (c) => c.json(await listWebhooks({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);

webhookRoutes.openapi(
  createRoute({
    method: "get",
    path: "/webhooks/{id}",
    tags,
    summary: "Look at a webhook",
    request: { params: webhookParams },
    responses: { 200: json(webhook, "The webhook"), ...failures("not_found") },
  }),
  async (c) => c.json(await getWebhook({ ctx: c.var.ctx, input: { webhookId: c.req.valid("param").id } }), 200),
);

webhookRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/webhooks/{id}",
    tags,
    summary: "Change a webhook, or switch it on or off",
    request: { params: webhookParams, body: jsonBody(webhookChange) },
    responses: { 200: json(webhook, "The webhook"), ...failures("bad_request", "not_found", "conflict") },
  }),
  async (c) => {
    const input = { webhookId: c.req.valid("param").id, ...c.req.valid("json") };
    return c.json(await updateWebhook({ ctx: c.var.ctx, input }), 200);
  },
);

webhookRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/webhooks/{id}",
    tags,
    summary: "Delete a webhook",
    request: { params: webhookParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await deleteWebhook({ ctx: c.var.ctx, input: { webhookId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);

webhookRoutes.openapi(
  createRoute({
    method: "post",
    path: "/webhooks/{id}/secret",
    tags,
    summary: "Make a new secret; the old one signs beside it for a day",
    request: { params: webhookParams },
    responses: { 200: json(rotatedSecret, "The new secret"), ...failures("not_found", "conflict") },
  }),
  async (c) => c.json(await rotateSecret({ ctx: c.var.ctx, input: { webhookId: c.req.valid("param").id } }), 200),
);

webhookRoutes.openapi(
  createRoute({
    method: "post",
    path: "/webhooks/{id}/test",
    tags,
    summary: "Send a test now",
    request: { params: webhookParams },
    responses: { 200: json(testResult, "What came of it"), ...failures("not_found") },
  }),
  async (c) => c.json(await testWebhook({ ctx: c.var.ctx, input: { webhookId: c.req.valid("param").id } }), 200),
);

webhookRoutes.openapi(
  createRoute({
    method: "get",
    path: "/webhooks/{id}/deliveries",
    tags,
    summary: "What became of the last deliveries, the latest first",
    request: { params: webhookParams, query: deliveryQuery },
    responses: { 200: json(deliveries, "Deliveries of the last days"), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const input = { webhookId: c.req.valid("param").id, limit: c.req.valid("query").limit };
    return c.json(await listDeliveries({ ctx: c.var.ctx, input }), 200);
  },
);
