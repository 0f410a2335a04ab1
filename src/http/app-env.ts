// What the middleware leaves for the routes.
import type { RequestIdVariables } from "hono/request-id";
import type { RequestContext, ServiceContext } from "../services/context.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & {
    request: RequestContext;
    /** What went wrong on our side, for the log. */
    failure?: Error;
    /** Behind `authenticated` only. */
    ctx: ServiceContext;
  };
}
