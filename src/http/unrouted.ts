// The answer where no route matches: the console to a browser that opens a page, 405 if the path exists for another method,
// else 404.
import type { Context, Hono } from "hono";
import { HomeportError } from "../errors.ts";
import type { AppEnv } from "./app-env.ts";
import { answerError } from "./errors.ts";

export function answerUnrouted(app: Hono<AppEnv>, c: Context<AppEnv>): Response | Promise<Response> {
  if (opensPage(c)) return c.env.ASSETS.fetch(new URL("/", c.req.url));
  const methods = app.routes
    .filter(({ method, path }) => method !== "ALL" && matches(path, c.req.path))
    .map(({ method }) => method);
  if (methods.length === 0) return answerError(new HomeportError("not_found", "There is nothing at this address."), c);
  const allowed = [...new Set(methods)].join(", ");
  c.header("Allow", allowed);
  return answerError(new HomeportError("method_not_allowed", `This address takes ${allowed}.`), c);
}

/** Whether a path fits a route's pattern, whose parameters are whole segments. */
function matches(pattern: string, path: string): boolean {
  const expected = pattern.split("/");
  const given = path.split("/");
  return (
    expected.length === given.length &&
    expected.every((segment, i) => (segment.startsWith(":") ? given[i] !== "" : segment === given[i]))
  );
}

/** The console's addresses are known to the console alone. */
function opensPage(c: Context<AppEnv>): boolean {
  const { method, path } = c.req;
  if (!["GET", "HEAD"].includes(method) || /^\/(?:v1|api|mqtt|assets)(?:\/|$)/.test(path)) return false;
  const mode = c.req.header("sec-fetch-mode");
  return mode === undefined ? (c.req.header("accept") ?? "").includes("text/html") : mode === "navigate";
}
