// Builds what services need to know of the deployment and of the request, and counts the request when it is over.
import type { Context, MiddlewareHandler } from "hono";
import { type RequestContext, requestContext } from "../../services/context.ts";
import type { AppEnv } from "../app-env.ts";

export const withRequestContext: MiddlewareHandler<AppEnv> = async (c, next) => {
  const request = contextOf(c);
  c.set("request", request);
  await next();
  // Of a refused one it is not sure that the device exists that its path names.
  request.meter.end({ wasRefused: c.res.status >= 400 });
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
