// /v1/devices/{id}/checkin and /check-ins: what a device that polls said of itself, for its owner.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { getLastCheckIn } from "../../services/checkins/get-last-check-in.ts";
import { listCheckIns } from "../../services/checkins/list-check-ins.ts";
import type { AppEnv } from "../app-env.ts";
import { checkInPage, checkInsQuery, lastCheckIn } from "../schemas/check-ins.ts";
import { failures, json } from "../schemas/common.ts";
import { deviceParams } from "../schemas/devices.ts";
import { refuseInvalid } from "../validation.ts";

export const lastCheckInRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

lastCheckInRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}/checkin",
    tags: ["Devices"],
    summary: "The last check-in that reported: from where, with what",
    request: { params: deviceParams },
    responses: { 200: json(lastCheckIn, "It, as far as a row has it"), ...failures("not_found") },
  }),
  async (c) => c.json(await getLastCheckIn({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } }), 200),
);

lastCheckInRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}/check-ins",
    tags: ["Devices"],
    summary: "Its reports as they came, the oldest first",
    description: "A page may be short or empty though there are more: go on while there is a `nextCursor`.",
    request: { params: deviceParams, query: checkInsQuery },
    responses: { 200: json(checkInPage, "A page"), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const input = { deviceId: c.req.valid("param").id, ...c.req.valid("query") };
    return c.json(await listCheckIns({ ctx: c.var.ctx, input }), 200);
  },
);
