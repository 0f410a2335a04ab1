// /v1/devices: the user's devices, their credentials, messages to them.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { createDevice } from "../../services/devices/create-device.ts";
import { deleteDevice } from "../../services/devices/delete-device.ts";
import { getDevice } from "../../services/devices/get-device.ts";
import { getPresence } from "../../services/devices/get-presence.ts";
import { issueCredential } from "../../services/devices/issue-credential.ts";
import { listDevices } from "../../services/devices/list-devices.ts";
import { publishMessage } from "../../services/devices/publish-message.ts";
import { revokeCredentials } from "../../services/devices/revoke-credentials.ts";
import { updateDevice } from "../../services/devices/update-device.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody, noContent, pageOf } from "../schemas/common.ts";
import {
  credential,
  device,
  deviceChange,
  deviceParams,
  deviceQuery,
  message,
  newDevice,
  presence,
  published,
} from "../schemas/devices.ts";
import { refuseInvalid } from "../validation.ts";

export const deviceRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

deviceRoutes.openapi(
  createRoute({
    method: "post",
    path: "/devices",
    tags: ["Devices"],
    summary: "Register a device",
    request: { body: jsonBody(newDevice) },
    responses: { 201: json(device, "The device"), ...failures("bad_request") },
  }),
  async (c) => c.json(await createDevice({ ctx: c.var.ctx, input: c.req.valid("json") }), 201),
);

deviceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices",
    tags: ["Devices"],
    summary: "List devices in order of creation",
    request: { query: deviceQuery },
    responses: { 200: json(pageOf(device), "A page of devices"), ...failures("bad_request") },
  }),
  async (c) => c.json(await listDevices({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);

deviceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}",
    tags: ["Devices"],
    summary: "Show a device",
    request: { params: deviceParams },
    responses: { 200: json(device, "The device"), ...failures("not_found") },
  }),
  async (c) => c.json(await getDevice({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } }), 200),
);

deviceRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/devices/{id}",
    tags: ["Devices"],
    summary: "Change the given fields of a device",
    request: { params: deviceParams, body: jsonBody(deviceChange) },
    responses: { 200: json(device, "The device"), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const input = { deviceId: c.req.valid("param").id, ...c.req.valid("json") };
    return c.json(await updateDevice({ ctx: c.var.ctx, input }), 200);
  },
);

deviceRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/devices/{id}",
    tags: ["Devices"],
    summary: "Delete a device and close its connection",
    request: { params: deviceParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await deleteDevice({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);

deviceRoutes.openapi(
  createRoute({
    method: "post",
    path: "/devices/{id}/credentials",
    tags: ["Devices"],
    summary: "Issue a credential; earlier ones end",
    request: { params: deviceParams },
    responses: { 201: json(credential, "The credential"), ...failures("not_found") },
  }),
  async (c) => c.json(await issueCredential({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } }), 201),
);

deviceRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/devices/{id}/credentials",
    tags: ["Devices"],
    summary: "Revoke the device's credentials and close its connection",
    request: { params: deviceParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await revokeCredentials({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);

deviceRoutes.openapi(
  createRoute({
    method: "post",
    path: "/devices/{id}/messages",
    tags: ["Devices"],
    summary: "Publish a message to one of the device's topics",
    request: { params: deviceParams, body: jsonBody(message) },
    responses: {
      200: json(published, "Published"),
      ...failures("bad_request", "forbidden", "not_found", "payload_too_large"),
    },
  }),
  async (c) => {
    const { topic, payload, payloadBase64, qos, retain } = c.req.valid("json");
    const bytes =
      payloadBase64 === undefined
        ? new TextEncoder().encode(typeof payload === "string" ? payload : JSON.stringify(payload))
        : new Uint8Array(Buffer.from(payloadBase64, "base64"));
    const input = { deviceId: c.req.valid("param").id, topic, payload: bytes, qos, retain };
    return c.json(await publishMessage({ ctx: c.var.ctx, input }), 200);
  },
);

deviceRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}/presence",
    tags: ["Devices"],
    summary: "Whether the device is online",
    request: { params: deviceParams },
    responses: { 200: json(presence, "Its presence"), ...failures("not_found") },
  }),
  async (c) => c.json(await getPresence({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } }), 200),
);
