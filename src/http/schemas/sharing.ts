// Shares of dashboards as the API takes and shows them, to owners and to whom they share with.
import { z } from "@hono/zod-openapi";
import { hubAddresses, instant, line } from "./common.ts";
import { dashboard } from "./dashboards.ts";

const rights = z.enum(["view", "control"]);
const label = line(100).nullable().openapi({ description: "Of a link: what its owner calls it" });
const expiresInDays = z.int().min(1).max(3650).optional().openapi({ description: "Absent: until it is ended" });

export const newShare = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("link"), label: label.optional(), expiresInDays }),
    z.strictObject({
      kind: z.literal("person"),
      email: z
        .email()
        .max(254)
        .transform((text) => text.toLowerCase())
        .openapi({ type: "string", format: "email" }),
      rights,
      expiresInDays,
    }),
  ])
  .openapi("NewShare", { example: { kind: "link", label: "Neighbours" } });

export const share = z
  .object({
    id: z.string(),
    dashboardId: z.string(),
    kind: z.enum(["person", "link"]),
    rights,
    email: z.string().nullable(),
    label: z.string().nullable(),
    createdAt: instant,
    expiresAt: instant.nullable(),
  })
  .openapi("Share");

export const createdShare = share
  .extend({
    secret: z.string().nullable().openapi({ description: "Of a link; shown once" }),
    url: z.string().nullable().openapi({ description: "Of a link: what to send; shown once" }),
    isMailed: z.boolean().openapi({ description: "Whether the person is told by mail" }),
  })
  .openapi("CreatedShare");

export const shareList = z.object({ items: z.array(share) });

export const shareChange = z
  .strictObject({ rights, label })
  .partial()
  .openapi("ShareChange", { example: { label: "Grandmother" } });

export const shareParams = z.object({ id: z.string().max(64) });

const sharedFields = dashboard.omit({ createdAt: true, widgets: true }).extend({
  id: z.string().openapi({ description: "Of the share" }),
  owner: z.object({ name: z.string() }),
  rights,
  expiresAt: instant.nullable(),
});

export const sharedSummary = sharedFields.openapi("SharedDashboardSummary");
export const sharedDashboard = sharedFields.extend({ widgets: dashboard.shape.widgets }).openapi("SharedDashboard");

const tokenFields = {
  token: z.string().openapi({ description: "For the hub, as the password, and for the histories of the charts" }),
  expiresAt: instant,
  ...hubAddresses,
};

export const shareToken = z.object(tokenFields).openapi("ShareToken");
export const openedLink = z.object({ ...tokenFields, dashboard: sharedDashboard }).openapi("OpenedLink");
export const linkSecret = z
  .strictObject({ secret: z.string().max(100).openapi({ description: "What stands behind # in the link" }) })
  .openapi("LinkSecret");
