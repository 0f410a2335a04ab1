// /v1/devices/{id}/streams and /v1/streams: last values and histories, as JSON and CSV.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { changeStream } from "../../services/streams/change-stream.ts";
import { listStreams } from "../../services/streams/list-streams.ts";
import { readHistory, readTogether } from "../../services/streams/read-history.ts";
import type { AppEnv } from "../app-env.ts";
import { csvOf, wantsCsv } from "../csv.ts";
import { failures, json, jsonBody } from "../schemas/common.ts";
import { deviceParams } from "../schemas/devices.ts";
import {
  changedStream,
  history,
  historyQuery,
  streamChange,
  streamList,
  streamParams,
  togetherHistory,
  togetherQuery,
} from "../schemas/streams.ts";
import { refuseInvalid } from "../validation.ts";

export const streamRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

/** An answer that is JSON or, when asked for, CSV. */
function jsonOrCsv<T extends typeof history | typeof togetherHistory>(schema: T) {
  return {
    description: "The points that there are, and the gaps between them",
    content: { "application/json": { schema }, "text/csv": { schema: { type: "string" as const } } },
  };
}

const csvHeaders = {
  "content-type": "text/csv; charset=utf-8",
  "content-disposition": "attachment; filename=stream.csv",
};

streamRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}/streams",
    tags: ["Streams"],
    summary: "List the streams of a device with their last values",
    request: { params: deviceParams },
    responses: { 200: json(streamList, "Its streams by name"), ...failures("not_found") },
  }),
  async (c) => {
    const items = await listStreams({ ctx: c.var.ctx, input: { deviceId: c.req.valid("param").id } });
    return c.json({ items }, 200);
  },
);

streamRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/devices/{id}/streams/{name}",
    tags: ["Streams"],
    summary: "Say what a stream measures, and whether every datapoint is kept",
    request: { params: streamParams, body: jsonBody(streamChange) },
    responses: {
      200: json(changedStream, "The stream, and what keeping every datapoint costs"),
      ...failures("bad_request", "not_found"),
    },
  }),
  async (c) => {
    const { id: deviceId, name } = c.req.valid("param");
    return c.json(await changeStream({ ctx: c.var.ctx, input: { deviceId, name, ...c.req.valid("json") } }), 200);
  },
);

streamRoutes.openapi(
  createRoute({
    method: "get",
    path: "/devices/{id}/streams/{name}",
    tags: ["Streams"],
    summary: "Tell the history of a stream by minute, hour or day",
    request: { params: streamParams, query: historyQuery },
    responses: { 200: jsonOrCsv(history), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const { id: deviceId, name } = c.req.valid("param");
    const { format, ...query } = c.req.valid("query");
    const told = await readHistory({ ctx: c.var.ctx, input: { deviceId, name, ...query } });
    if (wantsCsv(c, format)) return c.body(csvOf(told.points), 200, csvHeaders);
    return c.json({ name, ...told }, 200);
  },
);

streamRoutes.openapi(
  createRoute({
    method: "get",
    path: "/streams",
    tags: ["Streams"],
    summary: "Tell the streams of one name of several devices as one history",
    request: { query: togetherQuery },
    responses: { 200: jsonOrCsv(togetherHistory), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const { format, devices, aggregate, ...query } = c.req.valid("query");
    const input = { ...query, deviceIds: devices ?? null, how: aggregate };
    const told = await readTogether({ ctx: c.var.ctx, input });
    if (wantsCsv(c, format)) return c.body(csvOf(told.points), 200, csvHeaders);
    return c.json({ name: query.name, aggregate, ...told }, 200);
  },
);
