// Builds what services need to know of the deployment and of the request.
import type { MiddlewareHandler } from "hono";
import { requestContext } from "../../services/context.ts";
import type { AppEnv } from "../app-env.ts";

export const withRequestContext: MiddlewareHandler<AppEnv> = async (c, next) => {
  const continent = c.req.raw.cf?.continent;
  const origin = new URL(c.req.url).origin;
  c.set("request", requestContext(c.env, origin, typeof continent === "string" ? continent : null));
  await next();
};
