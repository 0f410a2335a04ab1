// /v1/dashboards: the person's own dashboards, in their order.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HomeportError } from "../../errors.ts";
import { createDashboard } from "../../services/dashboards/create-dashboard.ts";
import type { DashboardView } from "../../services/dashboards/dashboard-view.ts";
import { deleteDashboard } from "../../services/dashboards/delete-dashboard.ts";
import { getDashboard } from "../../services/dashboards/get-dashboard.ts";
import { listDashboards } from "../../services/dashboards/list-dashboards.ts";
import { sortDashboards } from "../../services/dashboards/sort-dashboards.ts";
import { updateDashboard } from "../../services/dashboards/update-dashboard.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody, noContent, pageOf, pageQuery } from "../schemas/common.ts";
import {
  dashboard,
  dashboardChange,
  dashboardMatch,
  dashboardOrder,
  dashboardParams,
  dashboardSummary,
  newDashboard,
} from "../schemas/dashboards.ts";
import { refuseInvalid } from "../validation.ts";

export const dashboardRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

const tags = ["Dashboards"];

dashboardRoutes.openapi(
  createRoute({
    method: "post",
    path: "/dashboards",
    tags,
    summary: "Make a dashboard, the last of the list",
    request: { body: jsonBody(newDashboard) },
    responses: {
      201: json(dashboard, "The dashboard; `ETag` has its version"),
      ...failures("bad_request", "quota_exceeded"),
    },
  }),
  async (c) => c.json(tagged(c, await createDashboard({ ctx: c.var.ctx, input: c.req.valid("json") })), 201),
);

dashboardRoutes.openapi(
  createRoute({
    method: "get",
    path: "/dashboards",
    tags,
    summary: "List one's own dashboards in their order",
    request: { query: pageQuery },
    responses: { 200: json(pageOf(dashboardSummary), "A page of dashboards"), ...failures("bad_request") },
  }),
  async (c) => c.json(await listDashboards({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);

dashboardRoutes.openapi(
  createRoute({
    method: "post",
    path: "/dashboards/order",
    tags,
    summary: "Put these dashboards first, in this order; the others stay as they are",
    request: { body: jsonBody(dashboardOrder) },
    responses: { 204: noContent, ...failures("bad_request") },
  }),
  async (c) => {
    await sortDashboards({ ctx: c.var.ctx, input: c.req.valid("json") });
    return c.body(null, 204);
  },
);

dashboardRoutes.openapi(
  createRoute({
    method: "get",
    path: "/dashboards/{id}",
    tags,
    summary: "Show a dashboard",
    request: { params: dashboardParams },
    responses: { 200: json(dashboard, "The dashboard; `ETag` has its version"), ...failures("not_found") },
  }),
  async (c) => {
    const input = { dashboardId: c.req.valid("param").id };
    return c.json(tagged(c, await getDashboard({ ctx: c.var.ctx, input })), 200);
  },
);

dashboardRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/dashboards/{id}",
    tags,
    summary: "Change the given fields of a dashboard, if it has the version of `If-Match`",
    request: { params: dashboardParams, headers: dashboardMatch, body: jsonBody(dashboardChange) },
    responses: {
      200: json(dashboard, "The dashboard; `ETag` has its version"),
      ...failures("bad_request", "not_found", "precondition_failed"),
    },
  }),
  async (c) => {
    const version = c.req.valid("header")["if-match"] ?? null;
    const input = { dashboardId: c.req.valid("param").id, version, ...c.req.valid("json") };
    const changed = await updateDashboard({ ctx: c.var.ctx, input }).catch((error: unknown) => {
      if (error instanceof HomeportError && error.current) tagged(c, error.current as DashboardView);
      throw error;
    });
    return c.json(tagged(c, changed), 200);
  },
);

dashboardRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/dashboards/{id}",
    tags,
    summary: "Delete a dashboard, and end its shares",
    request: { params: dashboardParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await deleteDashboard({ ctx: c.var.ctx, input: { dashboardId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);

function tagged(c: Context<AppEnv>, view: DashboardView): DashboardView {
  c.header("ETag", `"${view.version}"`);
  return view;
}
