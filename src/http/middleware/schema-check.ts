// Refuses work on a database that lacks the newest migration, with the command that helps.
import type { MiddlewareHandler } from "hono";
import { checkSchema } from "../../services/check-schema.ts";
import type { AppEnv } from "../app-env.ts";

export const schemaChecked: MiddlewareHandler<AppEnv> = async (c, next) => {
  await checkSchema({ ctx: c.var.request });
  await next();
};
