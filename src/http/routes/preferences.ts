// /v1/preferences: language, theme and time zone of the person, the same on all of their devices.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { getPreferences, updatePreferences } from "../../services/preferences/preferences.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody } from "../schemas/common.ts";
import { preferences, preferencesChange } from "../schemas/preferences.ts";
import { refuseInvalid } from "../validation.ts";

export const preferenceRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

preferenceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/preferences",
    tags: ["People"],
    summary: "Show what the person prefers; what is absent is up to each device",
    responses: { 200: json(preferences, "The preferences"), ...failures() },
  }),
  async (c) => c.json(await getPreferences({ ctx: c.var.ctx }), 200),
);

preferenceRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/preferences",
    tags: ["People"],
    summary: "Change the given fields; null takes one back",
    request: { body: jsonBody(preferencesChange) },
    responses: { 200: json(preferences, "The preferences"), ...failures("bad_request", "conflict") },
  }),
  async (c) => c.json(await updatePreferences({ ctx: c.var.ctx, input: c.req.valid("json") }), 200),
);
