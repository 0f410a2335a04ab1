// /v1/devices/{id}/checkin: what a device that polls said of itself, for its owner.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { getLastCheckIn } from "../../services/checkins/get-last-check-in.ts";
import type { AppEnv } from "../app-env.ts";
import { lastCheckIn } from "../schemas/check-ins.ts";
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
