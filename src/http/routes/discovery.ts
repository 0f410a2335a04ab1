// /v1/entities and what belongs to it: devices that describe themselves, their controls, and announcing devices of ours.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { announceDevice } from "../../services/discovery/announce-device.ts";
import { commandEntity } from "../../services/discovery/command-entity.ts";
import { listEntities } from "../../services/discovery/list-entities.ts";
import { withdrawDevice } from "../../services/discovery/withdraw-device.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody, noContent } from "../schemas/common.ts";
import { deviceParams } from "../schemas/devices.ts";
import {
  announced,
  announcedPage,
  announcedQuery,
  announcement,
  commandSent,
  deviceAnnouncedPage,
  entityCommand,
  entityParams,
} from "../schemas/discovery.ts";
import { refuseInvalid } from "../validation.ts";

export const discoveryRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

discoveryRoutes.openapi(
  createRoute({
    method: "get",
    path: "/entities",
    tags: ["Entities"],
    summary: "List everything that announced itself, by announced device",
    request: { query: announcedQuery },
    responses: { 200: json(announcedPage, "A page of announced devices"), ...failures("bad_request") },
  }),
  async (c) => {
    const { items, nextCursor, problems } = await listEntities({ ctx: c.var.ctx, input: c.req.valid("query") });
    return c.json({ items, nextCursor, problems }, 200);
  },
);

discoveryRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}/entities",
    tags: ["Entities"],
    summary: "List what a device announced: itself, or what is behind it",
    request: { params: deviceParams, query: announcedQuery },
    responses: {
      200: json(deviceAnnouncedPage, "A page of announced devices"),
      ...failures("bad_request", "not_found"),
    },
  }),
  async (c) => {
    const input = { deviceId: c.req.valid("param").id, ...c.req.valid("query") };
    const { settable, ...page } = await listEntities({ ctx: c.var.ctx, input });
    return c.json({ ...page, announcement: settable && { settable } }, 200);
  },
);

discoveryRoutes.openapi(
  createRoute({
    method: "post",
    path: "/entities/{id}/commands",
    tags: ["Entities"],
    summary: "Set a control of an entity",
    request: { params: entityParams, body: jsonBody(entityCommand) },
    responses: {
      200: json(commandSent, "Published as the entity asks for it"),
      ...failures("bad_request", "forbidden", "not_found", "quota_exceeded"),
    },
  }),
  async (c) => {
    const { control = null, value } = c.req.valid("json");
    const input = { entityId: c.req.valid("param").id, control, value };
    return c.json(await commandEntity({ ctx: c.var.ctx, input }), 200);
  },
);

discoveryRoutes.openapi(
  createRoute({
    method: "post",
    path: "/devices/{id}/announcement",
    tags: ["Entities"],
    summary: "Announce a device to a Home Assistant that is connected to the hub",
    request: { params: deviceParams, body: jsonBody(announcement) },
    responses: {
      200: json(announced, "Announced from now on"),
      ...failures("bad_request", "not_found", "quota_exceeded"),
    },
  }),
  async (c) => {
    const input = { deviceId: c.req.valid("param").id, ...c.req.valid("json") };
    return c.json(await announceDevice({ ctx: c.var.ctx, input }), 200);
  },
);

discoveryRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/devices/{id}/announcement",
    tags: ["Entities"],
    summary: "Take the announcement of a device back",
    request: { params: deviceParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await withdrawDevice({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);
