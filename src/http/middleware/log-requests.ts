// One JSON line for a request: every one that failed on our side, and a sample of the others. It names the route and never the
// path, the query, headers or bodies, which carry codes, tokens and addresses.
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { readConfig } from "../../config.ts";
import type { AppEnv } from "../app-env.ts";

export const logRequests: MiddlewareHandler<AppEnv> = async (c, next) => {
  const startedAt = Date.now();
  await next();
  const isFailure = c.res.status >= 500;
  if (!isFailure && Math.random() >= sampleRate(c)) return;
  const line = {
    event: isFailure ? "request_failed" : "request",
    requestId: c.var.requestId,
    method: c.req.method,
    route: routeOf(c),
    status: c.res.status,
    ms: Date.now() - startedAt,
    userId: c.var.ctx?.user.userId,
    ...(c.var.failure && causeOf(c.var.failure)),
  };
  if (isFailure) console.error(JSON.stringify(line));
  else console.log(JSON.stringify(line));
};

/** With a configuration that cannot be read nothing is worth a line but the failures that come of it. */
function sampleRate(c: Context<AppEnv>): number {
  try {
    return readConfig(c.env).LOG_SAMPLE_RATE;
  } catch {
    return 0;
  }
}

/** The pattern of the route that answered; null when none did. Middleware, which may come after it in the list, ends in `*`. */
function routeOf(c: Context<AppEnv>): string | null {
  return matchedRoutes(c).findLast(({ path }) => !path.endsWith("*"))?.path ?? null;
}

function causeOf(failure: Error): { error: string; cause?: string } {
  const error = failure.stack ?? String(failure);
  return failure.cause === undefined ? { error } : { error, cause: String(failure.cause) };
}
