// Builds what services need to know of the deployment and of the request.
import type { Context, MiddlewareHandler } from "hono";
import { type RequestContext, requestContext } from "../../services/context.ts";
import type { AppEnv } from "../app-env.ts";

export const withRequestContext: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set("request", contextOf(c));
  await next();
};

export function contextOf(c: Context<AppEnv>): RequestContext {
  const { url, cf, headers } = c.req.raw;
  const origin = {
    continent: text(cf?.continent),
    country: text(cf?.country),
    edge: text(cf?.colo),
    address: headers.get("cf-connecting-ip"),
  };
  return requestContext(c.env, { requestId: c.var.requestId, url, origin });
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
