// /v1/devices/{id}/feed: what happened to a device. Live it is the topic `devices/{id}/feed`.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { getFeed } from "../../services/feed/get-feed.ts";
import { recordFeed } from "../../services/feed/record-feed.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody } from "../schemas/common.ts";
import { deviceParams } from "../schemas/devices.ts";
import { recordedFeed, recording, recordingStarted } from "../schemas/feed.ts";
import { refuseInvalid } from "../validation.ts";

export const feedRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

feedRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}/feed",
    tags: ["Devices"],
    summary: "What was recorded of what happened to the device: errors, and everything while that was asked for",
    request: { params: deviceParams },
    responses: { 200: json(recordedFeed, "The feed"), ...failures("not_found") },
  }),
  async (c) => {
    const feed = await getFeed({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } });
    return c.json(feed, 200);
  },
);

feedRoutes.openapi(
  createRoute({
    method: "post",
    path: "/devices/{id}/feed",
    tags: ["Devices"],
    summary: "Record everything that happens to the device, for some time",
    request: { params: deviceParams, body: jsonBody(recording) },
    responses: { 200: json(recordingStarted, "It is recorded"), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const input = { deviceId: c.req.valid("param").id, ...c.req.valid("json") };
    return c.json(await recordFeed({ ctx: c.var.ctx, input }), 200);
  },
);
