// /v1/rules: what is to happen when a stream crosses a value, a device goes, or it is time.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import type { RuleContent } from "../../domain/rules/rule.ts";
import { changeRule } from "../../services/rules/change-rule.ts";
import { createRule } from "../../services/rules/create-rule.ts";
import { deleteRule } from "../../services/rules/delete-rule.ts";
import { getRule } from "../../services/rules/get-rule.ts";
import { listFirings } from "../../services/rules/list-firings.ts";
import { listRules } from "../../services/rules/list-rules.ts";
import { testRule } from "../../services/rules/test-rule.ts";
import type { AppEnv } from "../app-env.ts";
import { failures, json, jsonBody, noContent } from "../schemas/common.ts";
import { firing, firingList, rule, ruleList } from "../schemas/rule-views.ts";
import { newRule, ruleChange, ruleParams } from "../schemas/rules.ts";
import { refuseInvalid } from "../validation.ts";

export const ruleRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

const tags = ["Rules"];

ruleRoutes.openapi(
  createRoute({
    method: "get",
    path: "/rules",
    tags,
    summary: "List rules",
    responses: { 200: json(ruleList, "All of them, the oldest first"), ...failures() },
  }),
  async (c) => c.json(await listRules({ ctx: c.var.ctx }), 200),
);

ruleRoutes.openapi(
  createRoute({
    method: "post",
    path: "/rules",
    tags,
    summary: "Make a rule",
    request: { body: jsonBody(newRule) },
    responses: { 201: json(rule, "The rule"), ...failures("bad_request", "quota_exceeded") },
  }),
  async (c) => {
    // The schema has seen to it that exactly one way to choose a device is there.
    const input = { enabled: true, ...c.req.valid("json") } as RuleContent;
    return c.json(await createRule({ ctx: c.var.ctx, input }), 201);
  },
);

ruleRoutes.openapi(
  createRoute({
    method: "get",
    path: "/rules/{id}",
    tags,
    summary: "Show a rule",
    request: { params: ruleParams },
    responses: { 200: json(rule, "The rule"), ...failures("not_found") },
  }),
  async (c) => c.json(await getRule({ ctx: c.var.ctx, input: { ruleId: c.req.valid("param").id } }), 200),
);

ruleRoutes.openapi(
  createRoute({
    method: "patch",
    path: "/rules/{id}",
    tags,
    summary: "Change a rule: the given fields, each as a whole",
    request: { params: ruleParams, body: jsonBody(ruleChange) },
    responses: { 200: json(rule, "The rule"), ...failures("bad_request", "not_found") },
  }),
  async (c) => {
    const change = c.req.valid("json") as Partial<RuleContent>;
    return c.json(await changeRule({ ctx: c.var.ctx, input: { ruleId: c.req.valid("param").id, change } }), 200);
  },
);

ruleRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/rules/{id}",
    tags,
    summary: "Delete a rule with its log",
    request: { params: ruleParams },
    responses: { 204: noContent, ...failures("not_found") },
  }),
  async (c) => {
    await deleteRule({ ctx: c.var.ctx, input: { ruleId: c.req.valid("param").id } });
    return c.body(null, 204);
  },
);

ruleRoutes.openapi(
  createRoute({
    method: "post",
    path: "/rules/{id}/test",
    tags,
    summary: "Do what the rule says, now, also when it is disabled",
    request: { params: ruleParams },
    responses: { 200: json(firing, "What was done; notifications are on their way"), ...failures("not_found") },
  }),
  async (c) => c.json(await testRule({ ctx: c.var.ctx, input: { ruleId: c.req.valid("param").id } }), 200),
);

ruleRoutes.openapi(
  createRoute({
    method: "get",
    path: "/rules/{id}/firings",
    tags,
    summary: "List when a rule fired, why, and what its actions did",
    request: { params: ruleParams },
    responses: { 200: json(firingList, "The last 50, the latest first"), ...failures("not_found") },
  }),
  async (c) => c.json(await listFirings({ ctx: c.var.ctx, input: { ruleId: c.req.valid("param").id } }), 200),
);
