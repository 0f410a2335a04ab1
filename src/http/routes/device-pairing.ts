// The two endpoints a device without a keyboard pairs through (RFC 8628): forms in, and failures as OAuth clients read them.
// Nobody is signed in here.
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HomeportError } from "../../errors.ts";
import { pollPairing } from "../../services/pairing/poll-pairing.ts";
import { startPairing } from "../../services/pairing/start-pairing.ts";
import type { AppEnv } from "../app-env.ts";
import { answerError } from "../errors.ts";
import { pairingPollLimit, pairingStartLimit } from "../middleware/rate-limit.ts";
import { schemaChecked } from "../middleware/schema-check.ts";
import { formBody, json } from "../schemas/common.ts";
import {
  type OAuthError,
  authorizationAnswer,
  authorizationRequest,
  deviceCodeGrant,
  oauthFailure,
  tokenAnswer,
  tokenRequest,
} from "../schemas/pairing.ts";
import { refuseInvalid } from "../validation.ts";

export const devicePairingRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

/** What OAuth calls our failures, and the status it wants. */
function answerOAuthError(error: Error, c: Context<AppEnv>): Response {
  const { status } = answerError(error, c);
  const description = error instanceof HomeportError && status < 500 ? error.message : "Try again later.";
  if (status === 503) return c.json(failure("temporarily_unavailable", description), status);
  if (status === 500) return c.json(failure("server_error", description), status);
  if (status !== 429) return c.json(failure("invalid_request", description), 400);
  // A poll that comes too often is told so in the one way a device understands; for codes RFC 8628 has none.
  return c.json(failure("slow_down", description), c.req.path.endsWith("/token") ? 400 : 429);
}

function failure(error: OAuthError, description: string) {
  return { error, error_description: description };
}

devicePairingRoutes.onError(answerOAuthError);

const failures = {
  400: json(oauthFailure, "See `error`"),
  500: json(oauthFailure, "server_error"),
  503: json(oauthFailure, "temporarily_unavailable"),
};

devicePairingRoutes.openapi(
  createRoute({
    method: "post",
    path: "/pairing/device_authorization",
    tags: ["Pairing"],
    summary: "A device asks for a code to show (RFC 8628 §3.1)",
    security: [],
    middleware: [pairingStartLimit, schemaChecked] as const,
    request: { body: formBody(authorizationRequest) },
    responses: { 200: json(authorizationAnswer, "The codes"), ...failures, 429: json(oauthFailure, "slow_down") },
  }),
  async (c) => {
    const { client_id: clientId, device_name: suggestedName = null } = c.req.valid("form");
    const country = c.req.raw.cf?.country;
    const input = { clientId, suggestedName, country: typeof country === "string" ? country : null };
    const started = await startPairing({ ctx: c.var.request, input });
    return c.json(
      {
        device_code: started.deviceCode,
        user_code: started.userCode,
        verification_uri: started.verificationUri,
        verification_uri_complete: started.verificationUriComplete,
        expires_in: started.expiresInSeconds,
        interval: started.intervalSeconds,
      },
      200,
    );
  },
);

const refusals = {
  pending: failure("authorization_pending", "Nobody has approved the code yet."),
  slow_down: failure("slow_down", "Wait five seconds longer between polls from now on."),
  denied: failure("access_denied", "The code was denied."),
  expired: failure("expired_token", "The code has expired. Ask for a new one."),
  unknown: failure("invalid_grant", "There is no such code, or its credential was fetched. Ask for a new one."),
};

devicePairingRoutes.openapi(
  createRoute({
    method: "post",
    path: "/pairing/token",
    tags: ["Pairing"],
    summary: "A device asks whether it was approved, and gets its credential (RFC 8628 §3.4)",
    security: [],
    middleware: [pairingPollLimit, schemaChecked] as const,
    request: { body: formBody(tokenRequest) },
    responses: { 200: json(tokenAnswer, "Approved: the device's own credential"), ...failures },
  }),
  async (c) => {
    const { grant_type: grantType, device_code: deviceCode, client_id: clientId } = c.req.valid("form");
    if (grantType !== deviceCodeGrant)
      return c.json(failure("unsupported_grant_type", `Send ${deviceCodeGrant}.`), 400);
    const outcome = await pollPairing({ ctx: c.var.request, input: { deviceCode, clientId } });
    if (outcome.status !== "paired") return c.json(refusals[outcome.status], 400);
    const { credential, deviceId, hubKey, mqttUrl, relayUrl } = outcome.issued;
    return c.json(
      {
        access_token: credential,
        token_type: "Bearer" as const,
        device_id: deviceId,
        hub_key: hubKey,
        mqtt_url: mqttUrl,
        relay_url: relayUrl,
      },
      200,
    );
  },
);
