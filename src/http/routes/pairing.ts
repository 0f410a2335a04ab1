// /v1/pairing/{userCode}: a person looks at a device that asks to be paired, and approves or denies it.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { approvePairing } from "../../services/pairing/approve-pairing.ts";
import { denyPairing } from "../../services/pairing/deny-pairing.ts";
import { getPairing } from "../../services/pairing/get-pairing.ts";
import type { AppEnv } from "../app-env.ts";
import { pairingCodeLimit } from "../middleware/rate-limit.ts";
import { failures, json, jsonBody, noContent } from "../schemas/common.ts";
import { device } from "../schemas/devices.ts";
import { approval, pairing, pairingParams } from "../schemas/pairing.ts";
import { refuseInvalid } from "../validation.ts";

export const pairingRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

pairingRoutes.openapi(
  createRoute({
    method: "get",
    path: "/pairing/{userCode}",
    tags: ["Pairing"],
    summary: "Show which device shows this code",
    middleware: pairingCodeLimit,
    request: { params: pairingParams },
    responses: { 200: json(pairing, "What asks to be paired"), ...failures("not_found") },
  }),
  async (c) => c.json(await getPairing({ ctx: c.var.ctx, input: c.req.valid("param") }), 200),
);

pairingRoutes.openapi(
  createRoute({
    method: "post",
    path: "/pairing/{userCode}/approve",
    tags: ["Pairing"],
    summary: "Let the device in, as a new one or in place of one that exists",
    middleware: pairingCodeLimit,
    request: { params: pairingParams, body: jsonBody(approval) },
    responses: { 200: json(device, "The device it will be"), ...failures("bad_request", "not_found", "conflict") },
  }),
  async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json") };
    return c.json(await approvePairing({ ctx: c.var.ctx, input }), 200);
  },
);

pairingRoutes.openapi(
  createRoute({
    method: "post",
    path: "/pairing/{userCode}/deny",
    tags: ["Pairing"],
    summary: "Send the device away",
    middleware: pairingCodeLimit,
    request: { params: pairingParams },
    responses: { 204: noContent, ...failures("not_found", "conflict") },
  }),
  async (c) => {
    await denyPairing({ ctx: c.var.ctx, input: c.req.valid("param") });
    return c.body(null, 204);
  },
);
