// Builds what services need to know of the deployment and of the request.
import type { Context, MiddlewareHandler } from "hono";
import { type RequestContext, requestContext } from "../../services/context.ts";
import type { AppEnv } from "../app-env.ts";

export const withRequestContext: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set("request", contextOf(c));
  await next();
};

export function contextOf(c: Context<AppEnv>): RequestContext {
  const continent = c.req.raw.cf?.continent;
  return requestContext(c.env, {
    requestId: c.var.requestId,
    requestOrigin: new URL(c.req.url).origin,
    continent: typeof continent === "string" ? continent : null,
  });
}
