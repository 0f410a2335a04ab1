// The HTTP application: what every request passes, and which routes there are.
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { readConfig } from "../config.ts";
import { HomeportError } from "../errors.ts";
import type { AppEnv } from "./app-env.ts";
import { mountDoors } from "./doors/mount-doors.ts";
import { answerError } from "./errors.ts";
import { answerUnrouted } from "./unrouted.ts";
import { authenticated } from "./middleware/authenticate.ts";
import { logRequests } from "./middleware/log-requests.ts";
import { jsonOnly } from "./middleware/json-only.ts";
import { withRequestContext } from "./middleware/request-context.ts";
import { schemaChecked } from "./middleware/schema-check.ts";
import { appTokenRoutes } from "./routes/app-tokens.ts";
import { authRoutes } from "./routes/auth.ts";
import { streamRoutes } from "./routes/streams.ts";
import { checkInRoutes } from "./routes/check-ins.ts";
import { configurationRoutes } from "./routes/configurations.ts";
import { connectionRoutes } from "./routes/connections.ts";
import { devicePairingRoutes } from "./routes/device-pairing.ts";
import { dashboardRoutes } from "./routes/dashboards.ts";
import { deviceRoutes } from "./routes/devices.ts";
import { discoveryRoutes } from "./routes/discovery.ts";
import { exportRoutes } from "./routes/exports.ts";
import { feedRoutes } from "./routes/feed.ts";
import { lastCheckInRoutes } from "./routes/last-check-in.ts";
import { serveOpenApi } from "./routes/openapi.ts";
import { operatingRoutes } from "./routes/operating.ts";
import { pairingRoutes } from "./routes/pairing.ts";
import { preferenceRoutes } from "./routes/preferences.ts";
import { ruleRoutes } from "./routes/rules.ts";
import { linkRoutes, sharingRoutes } from "./routes/sharing.ts";
import { shadowRoutes } from "./routes/shadows.ts";
import { signInMethodRoutes } from "./routes/sign-in-methods.ts";
import { pushRoutes } from "./routes/push.ts";
import { unsubscribeRoutes } from "./routes/unsubscribe.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { usageRoutes } from "./routes/usage.ts";

/** Longest request id taken over from a proxy. */
const maxRequestIdLength = 64;

export function createApp(): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  app.onError(answerError);
  app.notFound((c) => answerUnrouted(app, c));
  app.use(requestId({ limitLength: maxRequestIdLength }), logRequests);
  app.route("/", operatingRoutes);
  mountDoors(app);

  for (const path of ["/v1/*", "/api/*"]) {
    app.use(path, secureHeaders());
    app.use(path, async function noStore(c, next) {
      c.header("Cache-Control", "no-store");
      await next();
    });
    app.use(
      path,
      cors({
        origin: (origin, c) => (readConfig(c.env).CORS_ORIGINS.includes(origin) ? origin : null),
        credentials: true,
        allowMethods: ["GET", "POST", "PATCH", "DELETE"],
        allowHeaders: ["authorization", "content-type", "if-match", "x-request-id"],
        exposeHeaders: ["etag", "x-request-id", "retry-after", "set-auth-token"],
        maxAge: 600,
      }),
    );
    app.use(path, (c, next) => {
      const maxSize = readConfig(c.env).MAX_BODY_BYTES;
      const onError = () => {
        throw new HomeportError("payload_too_large", `A request body has at most ${maxSize} bytes.`);
      };
      return bodyLimit({ maxSize, onError })(c, next);
    });
    app.use(path, jsonOnly);
    app.use(path, withRequestContext);
  }

  serveOpenApi(app);
  app.route("/v1", devicePairingRoutes);
  app.route("/v1", checkInRoutes);
  app.route("/v1", signInMethodRoutes);
  app.use("/v1/unsubscribe", schemaChecked);
  app.route("/v1", unsubscribeRoutes);
  app.use("/v1/shared-dashboards/open", schemaChecked);
  app.route("/v1", linkRoutes);
  app.use("/v1/*", schemaChecked, authenticated);
  app.route("/v1", deviceRoutes);
  app.route("/v1", shadowRoutes);
  app.route("/v1", configurationRoutes);
  app.route("/v1", connectionRoutes);
  app.route("/v1", feedRoutes);
  app.route("/v1", discoveryRoutes);
  app.route("/v1", lastCheckInRoutes);
  app.route("/v1", appTokenRoutes);
  app.route("/v1", webhookRoutes);
  app.route("/v1", pushRoutes);
  app.route("/v1", pairingRoutes);
  app.route("/v1", usageRoutes);
  app.route("/v1", exportRoutes);
  app.route("/v1", dashboardRoutes);
  app.route("/v1", sharingRoutes);
  app.route("/v1", preferenceRoutes);
  app.route("/v1", streamRoutes);
  app.route("/v1", ruleRoutes);

  app.use("/api/auth/*", schemaChecked);
  app.route("/api/auth", authRoutes);
  return app;
}
