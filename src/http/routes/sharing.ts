// Sharing: /v1/dashboards/{id}/shares and /v1/dashboard-shares for owners, /v1/shared-dashboards for whom they share with.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { createShare } from "../../services/sharing/create-share.ts";
import { endShare } from "../../services/sharing/end-share.ts";
import { issueShareToken, openLink } from "../../services/sharing/issue-share-token.ts";
import { listShares } from "../../services/sharing/list-shares.ts";
import { getSharedDashboard, listSharedDashboards } from "../../services/sharing/shared-dashboards.ts";
import { updateShare } from "../../services/sharing/update-share.ts";
import type { AppEnv } from "../app-env.ts";
import { mailboxLimit } from "../middleware/mail-limit.ts";
import { linkLimit } from "../middleware/rate-limit.ts";
import { failures, json, jsonBody, noContent, pageOf, pageQuery, refusals } from "../schemas/common.ts";
import { dashboardParams } from "../schemas/dashboards.ts";
import {
  createdShare,
  linkSecret,
  newShare,
  openedLink,
  share,
  shareChange,
  sharedDashboard,
  sharedSummary,
  shareList,
  shareParams,
  shareToken,
} from "../schemas/sharing.ts";
import { refuseInvalid } from "../validation.ts";

export const sharingRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
/** For whoever has a link, signed in or not. */
export const linkRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

const tags = ["Dashboards"];

linkRoutes.openapi(
  createRoute({
    method: "post",
    path: "/shared-dashboards/open",
    tags,
    security: [],
    middleware: [linkLimit] as const,
    summary: "Open a link: the dashboard, and a token for what it shows",
    request: { body: jsonBody(linkSecret) },
    responses: {
      200: json(openedLink, "The dashboard and the token"),
      ...refusals([
        "bad_request",
        "not_found",
        "payload_too_large",
        "unsupported_media_type",
        "rate_limited",
        "internal",
        "unavailable",
      ]),
    },
  }),
  async (c) => c.json(await openLink({ ctx: c.var.request, input: c.req.valid("json") }), 200),
);

sharingRoutes.openapi(
  createRoute({
    method: "get",
    path: "/dashboards/{id}/shares",
    tags,
    summary: "List with whom a dashboard is shared",
    request: { params: dashboardParams },
    responses: { 200: json(shareList, "All of its shares"), ...failures("not_found") },
  }),
  async (c) => {
    const items = await listShares({ ctx: c.var.ctx, input: { dashboardId: c.req.valid("param").id } });
    return c.json({ items }, 200);
  },
);

sharingRoutes.openapi(
  createRoute({
    method: "post",
    path: "/dashboards/{id}/shares",
    tags,
    middleware: [mailboxLimit] as const,
    summary: "Share a dashboard with a person, or by a link",
    request: { params: dashboardParams, body: jsonBody(newShare) },
    responses: {
      201: json(createdShare, "The share; of a link also what to send, shown once"),
      ...failures("bad_request", "not_found", "conflict", "quota_exceeded"),
    },
  }),
  async (c) => {
    const input = { dashboardId: c.req.valid("param").id, ...c.req.valid("json") };
    return c.json(await createShare({ ctx: c.var.ctx, input }), 201);
  },
);

sharingRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/dashboard-shares/{id}",
    tags,
    summary: "Change what a share lets do, or what it is called",
    request: { params: shareParams, body: jsonBody(shareChange) },
    responses: { 200: json(share, "The share"), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const input = { shareId: c.req.valid("param").id, ...c.req.valid("json") };
    return c.json(await updateShare({ ctx: c.var.ctx, input }), 200);
  },
);

sharingRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/dashboard-shares/{id}",
    tags,
    summary: "End a share and close its connections",
    request: { params: shareParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await endShare({ ctx: c.var.ctx, input: { shareId: c.req.valid("param").id, as: "owner" } });
    return c.body(null, 204);
  },
);

sharingRoutes.openapi(
  createRoute({
    method: "get",
    path: "/shared-dashboards",
    tags,
    summary: "List what others share with you",
    request: { query: pageQuery },
    responses: { 200: json(pageOf(sharedSummary), "A page of dashboards"), ...failures("bad_request") },
  }),
  async (c) => c.json(await listSharedDashboards({ ctx: c.var.ctx, input: c.req.valid("query") }), 200),
);

sharingRoutes.openapi(
  createRoute({
    method: "get",
    path: "/shared-dashboards/{id}",
    tags,
    summary: "Show a dashboard that is shared with you",
    request: { params: shareParams },
    responses: { 200: json(sharedDashboard, "The dashboard"), ...failures("not_found") },
  }),
  async (c) => c.json(await getSharedDashboard({ ctx: c.var.ctx, input: { shareId: c.req.valid("param").id } }), 200),
);

sharingRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/shared-dashboards/{id}",
    tags,
    summary: "Leave a dashboard that is shared with you",
    request: { params: shareParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await endShare({ ctx: c.var.ctx, input: { shareId: c.req.valid("param").id, as: "person" } });
    return c.body(null, 204);
  },
);

sharingRoutes.openapi(
  createRoute({
    method: "post",
    path: "/shared-dashboards/{id}/token",
    tags,
    summary: "Issue a token for what the shared dashboard shows and does",
    request: { params: shareParams },
    responses: { 200: json(shareToken, "The token, for a day at most"), ...failures("not_found") },
  }),
  async (c) => c.json(await issueShareToken({ ctx: c.var.ctx, input: { shareId: c.req.valid("param").id } }), 200),
);
