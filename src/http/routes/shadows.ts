// /v1/devices/{id}/shadow: what is desired of a device and what it reported, and the way back.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ShadowView } from "../../domain/shadow/answers.ts";
import type { ShadowRef } from "../../domain/shadow/topics.ts";
import { deleteShadow } from "../../services/shadows/delete-shadow.ts";
import { getShadow } from "../../services/shadows/get-shadow.ts";
import { getShadowHistory } from "../../services/shadows/get-shadow-history.ts";
import { listShadows } from "../../services/shadows/list-shadows.ts";
import { revertShadow } from "../../services/shadows/revert-shadow.ts";
import { updateShadow } from "../../services/shadows/update-shadow.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody, noContent } from "../schemas/common.ts";
import { deviceParams } from "../schemas/devices.ts";
import {
  shadow,
  shadowHistory,
  shadowList,
  shadowMatch,
  shadowQuery,
  shadowReversion,
  shadowUpdate,
} from "../schemas/shadows.ts";
import { refuseInvalid } from "../validation.ts";

export const shadowRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

const path = "/devices/{id}/shadow";
const tags = ["Shadows"];

shadowRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}/shadows",
    tags,
    summary: "List the shadows of a device",
    request: { params: deviceParams },
    responses: { 200: json(shadowList, "All of them"), ...failures("not_found") },
  }),
  async (c) => c.json(await listShadows({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } }), 200),
);

shadowRoutes.openapi(
  createRoute({
    method: "get",
    path,
    tags,
    summary: "Show a shadow",
    request: { params: deviceParams, query: shadowQuery },
    responses: { 200: json(shadow, "The shadow; `ETag` has its version"), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const input = refOf(c.req.valid("param"), c.req.valid("query"));
    return c.json(tagged(c, await getShadow({ ctx: c.var.ctx, input })), 200);
  },
);

shadowRoutes.openapi(
  createRoute({
    method: "patch",
    path,
    tags,
    summary: "Change a shadow, which is made if it does not exist",
    request: { params: deviceParams, query: shadowQuery, headers: shadowMatch, body: jsonBody(shadowUpdate) },
    responses: {
      200: json(shadow, "The shadow; `ETag` has its version"),
      ...failures("bad_request", "not_found", "conflict", "payload_too_large", "quota_exceeded"),
    },
  }),
  async (c) => {
    const ref = refOf(c.req.valid("param"), c.req.valid("query"));
    const version = c.req.valid("header")["if-match"];
    const update = { ...c.req.valid("json"), ...(version !== undefined && { version }) };
    return c.json(tagged(c, await updateShadow({ ctx: c.var.ctx, input: { ref, update } })), 200);
  },
);

shadowRoutes.openapi(
  createRoute({
    method: "delete",
    path,
    tags,
    summary: "Delete a shadow and its history",
    request: { params: deviceParams, query: shadowQuery, headers: shadowMatch },
    responses: { 204: noContent, ...failures("bad_request", "not_found", "conflict") },
  }),
  async (c) => {
    const ref = refOf(c.req.valid("param"), c.req.valid("query"));
    const version = c.req.valid("header")["if-match"] ?? null;
    await deleteShadow({ ctx: c.var.ctx, input: { ref, version } });
    return c.body(null, 204);
  },
);

shadowRoutes.openapi(
  createRoute({
    method: "get",
    path: `${path}/history`,
    tags,
    summary: "List the last changes of what is desired, the latest first",
    request: { params: deviceParams, query: shadowQuery },
    responses: { 200: json(shadowHistory, "As many as are kept"), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const input = refOf(c.req.valid("param"), c.req.valid("query"));
    return c.json(await getShadowHistory({ ctx: c.var.ctx, input }), 200);
  },
);

shadowRoutes.openapi(
  createRoute({
    method: "post",
    path: `${path}/revert`,
    tags,
    summary: "Make desired again what it was at an earlier version",
    request: { params: deviceParams, query: shadowQuery, body: jsonBody(shadowReversion) },
    responses: {
      200: json(shadow, "The shadow, of a new version"),
      ...failures("bad_request", "not_found", "payload_too_large", "quota_exceeded"),
    },
  }),
  async (c) => {
    const ref = refOf(c.req.valid("param"), c.req.valid("query"));
    const input = { ref, version: c.req.valid("json").version };
    return c.json(tagged(c, await revertShadow({ ctx: c.var.ctx, input })), 200);
  },
);

function refOf({ id }: { id: string }, { name = null }: { name?: string | null }): ShadowRef {
  return { deviceId: id, name };
}

function tagged(c: Context<AppEnv>, view: ShadowView): ShadowView {
  c.header("ETag", `"${view.version}"`);
  return view;
}
