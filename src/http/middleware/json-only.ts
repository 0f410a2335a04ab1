// A body is JSON. Anything else is refused before anybody reads it, so that no HTML form of another site gets that far. Forms go
// to the endpoints that look at no cookie: where OAuth or RFC 8058 prescribes them, and where small devices can send nothing else.
import type { MiddlewareHandler } from "hono";
import { HomeportError } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";

const formPaths = ["/v1/pairing/device_authorization", "/v1/pairing/token", "/v1/checkin", "/v1/unsubscribe"];

export const jsonOnly: MiddlewareHandler<AppEnv> = async (c, next) => {
  const type = c.req.header("content-type");
  if (type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type) && !formPaths.includes(c.req.path)) {
    throw new HomeportError("unsupported_media_type", "Send `content-type: application/json`.");
  }
  await next();
};
