// A body is JSON. Anything else is refused before anybody reads it, so that no HTML form of another site gets that far.
import type { MiddlewareHandler } from "hono";
import { HomeportError } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";

export const jsonOnly: MiddlewareHandler<AppEnv> = async (c, next) => {
  const type = c.req.header("content-type");
  if (type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new HomeportError("unsupported_media_type", "Send `content-type: application/json`.");
  }
  await next();
};
