// /v1/configurations: what is desired of all devices of a model or with a tag, how far they are, and the way back.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Configuration, ConfigurationContent } from "../../domain/configurations/configuration.ts";
import { HomeportError } from "../../errors.ts";
import { changeConfiguration } from "../../services/configurations/change-configuration.ts";
import { createConfiguration } from "../../services/configurations/create-configuration.ts";
import { deleteConfiguration } from "../../services/configurations/delete-configuration.ts";
import { getConfiguration } from "../../services/configurations/get-configuration.ts";
import { getConfigurationHistory } from "../../services/configurations/get-configuration-history.ts";
import { getConfigurationStatus } from "../../services/configurations/get-configuration-status.ts";
import { listConfigurations } from "../../services/configurations/list-configurations.ts";
import { rollBackConfiguration } from "../../services/configurations/roll-back-configuration.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody, noContent, pageOf } from "../schemas/common.ts";
import {
  configuration,
  configurationChange,
  configurationHistory,
  configurationMatch,
  configurationParams,
  configurationQuery,
  configurationRollback,
  configurationStatus,
  newConfiguration,
} from "../schemas/configurations.ts";
import { refuseInvalid } from "../validation.ts";

export const configurationRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

const tags = ["Configurations"];
const shown = json(configuration, "The configuration; `ETag` has its version");

configurationRoutes.openapi(
  createRoute({
    method: "get",
    path: "/configurations",
    tags,
    summary: "List configurations, the oldest first",
    request: { query: configurationQuery },
    responses: { 200: json(pageOf(configuration), "A page of configurations"), ...failures("bad_request") },
  }),
  async (c) => c.json(await listConfigurations({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);

configurationRoutes.openapi(
  createRoute({
    method: "post",
    path: "/configurations",
    tags,
    summary: "Desire something of all devices of a model or with a tag",
    request: { body: jsonBody(newConfiguration) },
    responses: { 201: shown, ...failures("bad_request", "conflict", "quota_exceeded") },
  }),
  async (c) => {
    const { shadowName = null, schema = null, checkInSeconds = null, ...given } = c.req.valid("json");
    const input = { ...given, shadowName, schema, checkInSeconds };
    return c.json(tagged(c, await createConfiguration({ ctx: c.var.ctx, input })), 201);
  },
);

configurationRoutes.openapi(
  createRoute({
    method: "get",
    path: "/configurations/{id}",
    tags,
    summary: "Show a configuration",
    request: { params: configurationParams },
    responses: { 200: shown, ...failures("not_found") },
  }),
  async (c) => c.json(tagged(c, await getConfiguration({ ctx: c.var.ctx, input: c.req.valid("param") })), 200),
);

configurationRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/configurations/{id}",
    tags,
    summary: "Change what is desired, or the schema, if it has the version of `If-Match`",
    request: { params: configurationParams, headers: configurationMatch, body: jsonBody(configurationChange) },
    responses: { 200: shown, ...failures("bad_request", "not_found", "precondition_failed") },
  }),
  async (c) => {
    const version = c.req.valid("header")["if-match"] ?? null;
    const change = c.req.valid("json") as Partial<ConfigurationContent>;
    const input = { ...c.req.valid("param"), version, change };
    const changed = await changeConfiguration({ ctx: c.var.ctx, input }).catch((error: unknown) => {
      if (error instanceof HomeportError && error.current) tagged(c, error.current as Configuration);
      throw error;
    });
    return c.json(tagged(c, changed), 200);
  },
);

configurationRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/configurations/{id}",
    tags,
    summary: "Delete a configuration, and take back what devices have of it",
    request: { params: configurationParams },
    responses: { 204: noContent, ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    await deleteConfiguration({ ctx: c.var.ctx, input: c.req.valid("param") });
    return c.body(null, 204);
  },
);

configurationRoutes.openapi(
  createRoute({
    method: "get",
    path: "/configurations/{id}/history",
    tags,
    summary: "List the last versions of a configuration, the latest first",
    request: { params: configurationParams },
    responses: { 200: json(configurationHistory, "As many as are kept"), ...failures("not_found") },
  }),
  async (c) => c.json(await getConfigurationHistory({ ctx: c.var.ctx, input: c.req.valid("param") }), 200),
);

configurationRoutes.openapi(
  createRoute({
    method: "get",
    path: "/configurations/{id}/status",
    tags,
    summary: "Show how far the devices are with what is desired of them",
    request: { params: configurationParams },
    responses: { 200: json(configurationStatus, "Devices by how far they are"), ...failures("not_found") },
  }),
  async (c) => c.json(await getConfigurationStatus({ ctx: c.var.ctx, input: c.req.valid("param") }), 200),
);

configurationRoutes.openapi(
  createRoute({
    method: "post",
    path: "/configurations/{id}/rollback",
    tags,
    summary: "Make a configuration again what it was at an earlier version, for all its devices at once",
    request: { params: configurationParams, body: jsonBody(configurationRollback) },
    responses: { 200: shown, ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json") };
    return c.json(tagged(c, await rollBackConfiguration({ ctx: c.var.ctx, input })), 200);
  },
);

function tagged(c: Context<AppEnv>, view: Configuration): Configuration {
  c.header("ETag", `"${view.version}"`);
  return view;
}
