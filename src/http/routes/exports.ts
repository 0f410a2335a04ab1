// /v1/exports: everything the user has, as a file.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { HomeportError } from "../../errors.ts";
import { deleteExport } from "../../services/exports/delete-export.ts";
import { getExport } from "../../services/exports/get-export.ts";
import { listExports } from "../../services/exports/list-exports.ts";
import { readExportFile } from "../../services/exports/read-export-file.ts";
import { startExport } from "../../services/exports/start-export.ts";
import type { AppEnv } from "../app-env.ts";
import { readRange } from "../byte-range.ts";
import { failures, json, noContent, pageOf } from "../schemas/common.ts";
import { exportParams, exportQuery, exportView, rangeHeader } from "../schemas/exports.ts";
import { refuseInvalid } from "../validation.ts";

export const exportRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

const file = { "application/gzip": { schema: { type: "string", format: "binary" } } } as const;

exportRoutes.openapi(
  createRoute({
    method: "post",
    path: "/exports",
    tags: ["Exports"],
    summary: "Start an export of everything you have",
    responses: {
      202: json(exportView, "It has been started"),
      200: json(exportView, "One that is being made already"),
      ...failures("quota_exceeded"),
    },
  }),
  async (c) => {
    const { made, isNew } = await startExport({ ctx: c.var.ctx });
    return isNew ? c.json(made, 202) : c.json(made, 200);
  },
);

exportRoutes.openapi(
  createRoute({
    method: "get",
    path: "/exports",
    tags: ["Exports"],
    summary: "List exports, the oldest first",
    request: { query: exportQuery },
    responses: { 200: json(pageOf(exportView), "A page of exports"), ...failures("bad_request") },
  }),
  async (c) => c.json(await listExports({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);

exportRoutes.openapi(
  createRoute({
    method: "get",
    path: "/exports/{id}",
    tags: ["Exports"],
    summary: "How far an export has come",
    request: { params: exportParams },
    responses: { 200: json(exportView, "The export"), ...failures("not_found") },
  }),
  async (c) => c.json(await getExport({ ctx: c.var.ctx, input: { exportId: c.req.valid("param").id } }), 200),
);

exportRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/exports/{id}",
    tags: ["Exports"],
    summary: "Delete an export with its file, or end its making",
    request: { params: exportParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await deleteExport({ ctx: c.var.ctx, input: { exportId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);

exportRoutes.openapi(
  createRoute({
    method: "get",
    path: "/exports/{id}/file",
    tags: ["Exports"],
    summary: "The file: gzip, a JSON object a line; see docs/export.md",
    request: { params: exportParams, headers: rangeHeader },
    responses: {
      200: { description: "The file", content: file },
      206: { description: "The range of it that was asked for", content: file },
      ...failures("not_found", "conflict", "range_not_satisfiable"),
    },
  }),
  async (c) => {
    const exportId = c.req.valid("param").id;
    const etag = `"${exportId}"`;
    const ifRange = c.req.header("if-range");
    // A file never changes, so its id is its tag.
    const range = ifRange === undefined || ifRange === etag ? readRange(c.req.valid("header").range) : null;
    const { size, ...found } = await readExportFile({ ctx: c.var.ctx, input: { exportId, range } });
    c.header("Accept-Ranges", "bytes");
    c.header("ETag", etag);
    if (found.body === null) {
      c.header("Content-Range", `bytes */${size}`);
      throw new HomeportError("range_not_satisfiable", `The file has ${size} bytes.`);
    }
    c.header("Content-Type", "application/gzip");
    c.header("Content-Disposition", `attachment; filename="homeport-${exportId}.ndjson.gz"`);
    c.header("Content-Length", String(found.part?.length ?? size));
    if (!found.part) return c.body(found.body, 200);
    const { offset, length } = found.part;
    c.header("Content-Range", `bytes ${offset}-${offset + length - 1}/${size}`);
    return c.body(found.body, 206);
  },
);
