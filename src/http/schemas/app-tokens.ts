// App tokens as the API takes and shows them.
import { z } from "@hono/zod-openapi";
import { hubAddresses, instant, line } from "./common.ts";
import { topicFilters } from "./devices.ts";

export const newAppToken = z
  .strictObject({
    name: line(100),
    grants: z
      .strictObject({ publish: topicFilters.default([]), subscribe: topicFilters.default([]) })
      .refine(({ publish, subscribe }) => publish.length + subscribe.length > 0, "must grant something")
      .optional()
      .openapi({
        description: "All the token may publish and subscribe; absent: everything, and the API too",
        example: { publish: [], subscribe: ["devices/+/streams/#"] },
      }),
    expiresInDays: z.int().min(1).max(3650).optional().openapi({ description: "Absent: until it is revoked" }),
  })
  .openapi("NewAppToken");

const tokenGrants = z
  .object({ publish: z.array(z.string()), subscribe: z.array(z.string()) })
  .nullable()
  .openapi({ description: "null: everything" });

export const appToken = z
  .object({ id: z.string(), name: z.string(), createdAt: instant, expiresAt: instant.nullable(), grants: tokenGrants })
  .openapi("AppToken");

export const issuedAppToken = appToken
  .extend({ token: z.string().openapi({ description: "Shown once" }), ...hubAddresses })
  .openapi("IssuedAppToken");

export const appTokenParams = z.object({ id: z.string().max(64) });
