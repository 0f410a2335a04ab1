// App tokens as the API takes and shows them.
import { z } from "@hono/zod-openapi";
import { hubAddresses, instant, line } from "./common.ts";

export const newAppToken = z
  .strictObject({
    name: line(100),
    expiresInDays: z.int().min(1).max(3650).optional().openapi({ description: "Absent: until it is revoked" }),
  })
  .openapi("NewAppToken");

export const appToken = z
  .object({ id: z.string(), name: z.string(), createdAt: instant, expiresAt: instant.nullable() })
  .openapi("AppToken");

export const issuedAppToken = appToken
  .extend({ token: z.string().openapi({ description: "Shown once" }), ...hubAddresses })
  .openapi("IssuedAppToken");

export const appTokenParams = z.object({ id: z.string().max(64) });
