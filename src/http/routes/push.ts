// /v1/push: the browsers of the user that take notifications.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { listSubscriptions, removeSubscription } from "../../services/push/list-subscriptions.ts";
import { subscribeBrowser } from "../../services/push/subscribe-browser.ts";
import { testSubscription } from "../../services/push/test-subscription.ts";
import { vapidPublicKey } from "../../services/push/vapid-public-key.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody, noContent, pageOf, pageQuery } from "../schemas/common.ts";
import { newSubscription, pushSettings, subscription, subscriptionParams } from "../schemas/push.ts";
import { testResult } from "../schemas/webhooks.ts";
import { refuseInvalid } from "../validation.ts";

export const pushRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
const tags = ["Push"];

pushRoutes.openapi(
  createRoute({
    method: "get",
    path: "/push",
    tags,
    summary: "What a page needs to subscribe",
    responses: { 200: json(pushSettings, "The deployment's public key"), ...failures() },
  }),
  (c) => c.json({ publicKey: vapidPublicKey(c.var.ctx) }, 200),
);

pushRoutes.openapi(
  createRoute({
    method: "post",
    path: "/push/subscriptions",
    tags,
    summary: "Subscribe a browser; it leaves whoever had it before",
    request: { body: jsonBody(newSubscription) },
    responses: {
      201: json(subscription, "The subscription"),
      ...failures("bad_request", "conflict", "quota_exceeded"),
    },
  }),
  async (c) => c.json(await subscribeBrowser({ ctx: c.var.ctx, input: c.req.valid("json") }), 201),
);

pushRoutes.openapi(
  createRoute({
    method: "get",
    path: "/push/subscriptions",
    tags,
    summary: "List subscribed browsers in order of subscription",
    request: { query: pageQuery },
    responses: { 200: json(pageOf(subscription), "A page of subscriptions"), ...failures("bad_request") },
  }),
  async (c) => c.json(await listSubscriptions({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);

pushRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/push/subscriptions/{id}",
    tags,
    summary: "Remove a browser",
    request: { params: subscriptionParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await removeSubscription({ ctx: c.var.ctx, input: { subscriptionId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);

pushRoutes.openapi(
  createRoute({
    method: "post",
    path: "/push/subscriptions/{id}/test",
    tags,
    summary: "Send the browser a test now",
    request: { params: subscriptionParams },
    responses: { 200: json(testResult, "What came of it"), ...failures("not_found") },
  }),
  async (c) => {
    const input = { subscriptionId: c.req.valid("param").id };
    return c.json(await testSubscription({ ctx: c.var.ctx, input }), 200);
  },
);
