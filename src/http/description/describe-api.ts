// Puts the description of the API together: what the routes say of themselves, what holds for all of them, and the routes that
// are not made of schemas.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../app-env.ts";
import { authPaths } from "./auth-paths.ts";
import { socketPaths } from "./socket-paths.ts";

const introduction = `
Every request carries \`Authorization: Bearer …\` with the token of a sign-in, the JWT of an app or an app token; pages may use
the session's cookie, and then must come from an allowed origin. A device's credential opens \`/v1/checkin\` and nothing else.

A refusal is \`{"error": {"code", "message", "requestId"}}\`; docs/errors.md has every code. Lists take \`limit\` and
\`cursor\` and answer \`{"items", "nextCursor"}\`. Instants are epoch milliseconds. What belongs to somebody else does not
exist: 404. Requests are JSON, except where OAuth prescribes forms.

Send an \`x-request-id\` of your own, or take the one of the answer: our log has it.
`.trim();

const tags = [
  { name: "Devices", description: "Registered devices, their credentials, messages to them" },
  {
    name: "Rules",
    description: "What is to happen when a stream crosses a value, a device goes, or it is time; docs/rules.md",
  },
  { name: "Shadows", description: "What is desired of a device and what it reported; docs/shadows.md" },
  { name: "Configurations", description: "What is desired of all devices of a model or with a tag; docs/shadows.md" },
  { name: "Connections", description: "Who is connected how; docs/operating.md says what the figures mean" },
  { name: "Check-ins", description: "For devices that poll instead of holding a connection; docs/check-ins.md" },
  { name: "Pairing", description: "How a device without a keyboard gets its credential (RFC 8628); docs/pairing.md" },
  { name: "App tokens", description: "For scripts and MQTT tools" },
  { name: "People", description: "Sign-up, sign-in and sessions" },
  { name: "Streams", description: "What devices measure: last values and histories; docs/streams.md" },
  {
    name: "Entities",
    description: "Devices that describe themselves by Home Assistant's discovery; docs/discovery.md",
  },
  { name: "Webhooks", description: "Addresses that are told over HTTP, signed; docs/notifications.md" },
  { name: "Push", description: "Browsers that take notifications; docs/notifications.md" },
  { name: "Dashboards", description: "What people arrange, and share with others; docs/dashboards.md" },
  { name: "Sockets", description: "Where devices and apps connect; docs/protocols.md" },
  { name: "Exports", description: "Everything you have, as a file; docs/export.md" },
  { name: "Usage", description: "What is metered, and what it costs; docs/cost.md" },
  { name: "Operating", description: "For whoever watches the deployment, and this description" },
];

/** The document of OpenAPI 3.1, without `servers`. */
export function describeApi(app: OpenAPIHono<AppEnv>) {
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "The token of a sign-in, the JWT of `/api/auth/token`, or an app token",
  });
  registry.registerComponent("securitySchemes", "cookie", {
    type: "apiKey",
    in: "cookie",
    name: "__Secure-better-auth.session_token",
    description: "Set by signing in; over plain HTTP without `__Secure-`",
  });
  const ownCredential = "The device's credential";
  registry.registerComponent("securitySchemes", "deviceBearer", {
    type: "http",
    scheme: "bearer",
    description: ownCredential,
  });
  registry.registerComponent("securitySchemes", "deviceBasic", {
    type: "http",
    scheme: "basic",
    description: `${ownCredential} as the password; any user name`,
  });
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Homeport",
      version: "1",
      description: introduction,
      license: { name: "MIT" },
    },
    security: [{ bearer: [] }, { cookie: [] }],
    tags,
  });
  return { ...document, paths: { ...document.paths, ...authPaths, ...socketPaths } };
}
