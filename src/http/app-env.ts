// What the middleware leaves for the routes.
import type { RequestIdVariables } from "hono/request-id";
import type { RequestContext, ServiceContext } from "../services/context.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & {
    request: RequestContext;
    /** Behind `authenticated` only. */
    ctx: ServiceContext;
  };
}
