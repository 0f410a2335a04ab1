// Pairing as devices speak it (RFC 8628: forms in, snake_case out) and as people see it.
import { z } from "@hono/zod-openapi";
import { instant, line } from "./common.ts";

export const deviceCodeGrant = "urn:ietf:params:oauth:grant-type:device_code";

const clientId = line(100).openapi({ description: "The model or firmware the device says it is", example: "lamp-v2" });

export const authorizationRequest = z
  .object({
    client_id: clientId,
    device_name: line(100).optional().openapi({ description: "A name to suggest to the person", example: "Desk lamp" }),
    scope: z.string().max(1000).optional().openapi({ description: "Taken and ignored" }),
  })
  .openapi("DeviceAuthorizationRequest");

export const authorizationAnswer = z
  .object({
    device_code: z.string().openapi({ description: "To poll with; the device keeps it to itself" }),
    user_code: z.string().openapi({ description: "To show", example: "WDJB-MJHT" }),
    verification_uri: z.url().openapi({ example: "https://host/pair" }),
    verification_uri_complete: z
      .url()
      .openapi({ description: "For a QR code", example: "https://host/pair?code=WDJB-MJHT" }),
    expires_in: z.int().openapi({ description: "Seconds", example: 600 }),
    interval: z.int().openapi({ description: "Seconds to wait between polls", example: 5 }),
  })
  .openapi("DeviceAuthorization");

export const tokenRequest = z
  .object({
    grant_type: z.string().max(100).openapi({ example: deviceCodeGrant }),
    device_code: z.string().min(1).max(100),
    client_id: clientId,
  })
  .openapi("DeviceTokenRequest");

export const tokenAnswer = z
  .object({
    access_token: z.string().openapi({ description: "The device's credential: its MQTT password. Shown this once" }),
    token_type: z.literal("Bearer").openapi({ description: "How the direct door `/mqtt` takes it, too" }),
    device_id: z.string(),
    hub_key: z.string(),
    mqtt_url: z.url().openapi({ description: "MQTT over WebSocket, straight to the hub" }),
    relay_url: z.url().openapi({ description: "For clients that can choose neither path nor headers" }),
  })
  .openapi("DeviceToken");

/** RFC 6749 §5.2 and RFC 8628 §3.5. */
export const oauthErrors = [
  "authorization_pending",
  "slow_down",
  "access_denied",
  "expired_token",
  "invalid_grant",
  "invalid_request",
  "unsupported_grant_type",
  "temporarily_unavailable",
  "server_error",
] as const;
export type OAuthError = (typeof oauthErrors)[number];

export const oauthFailure = z
  .object({ error: z.enum(oauthErrors), error_description: z.string() })
  .openapi("OAuthError");

export const pairingParams = z.object({
  userCode: z.string().max(32).openapi({ description: "As typed: case, dashes and spaces do not matter" }),
});

export const pairing = z
  .object({
    userCode: z.string().openapi({ example: "WDJB-MJHT" }),
    clientId: z.string().openapi({ description: "What the device says it is; nobody has checked it" }),
    suggestedName: z.string().nullable(),
    country: z.string().nullable().openapi({ description: "Where it asked from, as ISO 3166 alpha-2", example: "NL" }),
    status: z
      .enum(["pending", "approved", "denied", "paired"])
      .openapi({ description: "`paired`: the device has fetched its credential" }),
    deviceId: z.string().nullable().openapi({ description: "What it was approved as" }),
    createdAt: instant,
    expiresAt: instant,
  })
  .openapi("Pairing");

export const approval = z
  .strictObject({
    name: line(100).optional().openapi({ description: "Of a new device" }),
    deviceId: z.string().max(64).optional().openapi({ description: "A device of yours that gets a new credential" }),
  })
  .refine((body) => (body.name === undefined) !== (body.deviceId === undefined), {
    message: "send either name or deviceId",
    path: ["name"],
  })
  .openapi("PairingApproval", { example: { name: "Desk lamp" } });
