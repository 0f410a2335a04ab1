// The tokens of the deployment, all HS256 JWTs told apart by the prefix of `sub`: a device's credential, an app token (scripts,
// MQTT tools), that of somebody a dashboard is shared with, and the short-lived JWT of an app. Verifying is synchronous and needs no I/O; whether a
// device or app token is still listed is for the hub or the database to say.
import { createHmac, timingSafeEqual } from "node:crypto";
import { SignJWT, decodeJwt, decodeProtectedHeader } from "jose";
import { unauthenticated } from "../errors.ts";
import type { KeyRing } from "./keys.ts";

/** Longest token accepted; ours have at most 220 (device) and about 300 characters. */
const maxTokenLength = 1024;
const appAudience = "homeport";

export type VerifiedToken =
  | { kind: "device"; deviceId: string; hubId: string; gen: number }
  | { kind: "appToken"; tokenId: string; hubId: string; expiresAt: number | null }
  | { kind: "share"; shareId: string; hubId: string; expiresAt: number | null }
  | { kind: "app"; userId: string; hubId: string; expiresAt: number };

type Claims = Record<string, string | number>;

function sign(keys: KeyRing, claims: Claims): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: keys.current.kid }).sign(keys.current.tokenKey);
}

/** A device's credential: at most 220 characters, no expiry; ended by issuing a higher generation or revoking. */
export function signDeviceCredential(
  keys: KeyRing,
  device: { deviceId: string; hubId: string; gen: number },
): Promise<string> {
  return sign(keys, { sub: device.deviceId, hub: device.hubId, gen: device.gen });
}

/** `tokenId`: of an app token or of a share; `expiresAt` in epoch ms, null for a token that lives until it is deleted. */
export function signAppToken(
  keys: KeyRing,
  token: { tokenId: string; hubId: string; expiresAt: number | null },
): Promise<string> {
  const exp: Claims = token.expiresAt === null ? {} : { exp: Math.floor(token.expiresAt / 1000) };
  return sign(keys, { sub: token.tokenId, hub: token.hubId, ...exp });
}

/** The JWT an app shows to the API and to the hub; `expiresAt` in epoch ms. */
export function signAppJwt(
  keys: KeyRing,
  app: { userId: string; hubId: string; issuer: string; expiresAt: number },
): Promise<string> {
  const exp = Math.floor(app.expiresAt / 1000);
  return sign(keys, { sub: app.userId, hub: app.hubId, iss: app.issuer, aud: appAudience, exp });
}

/**
 * The holder of a token that this deployment signed and that has not expired. Throws `unauthenticated`, the same for
 * every reason. Synchronous: the hub calls it while it handles CONNECT.
 */
export function verifyToken(keys: KeyRing, token: string, nowMs: number): VerifiedToken {
  const claims = verifiedClaims(keys, token);
  const { sub, hub, exp } = claims;
  if (typeof sub !== "string" || typeof hub !== "string") throw unauthenticated();
  const expiresAt = typeof exp === "number" ? exp * 1000 : null;
  if (expiresAt !== null && expiresAt <= nowMs) throw unauthenticated();
  if (sub.startsWith("dev_") && typeof claims.gen === "number") {
    return { kind: "device", deviceId: sub, hubId: hub, gen: claims.gen };
  }
  if (sub.startsWith("tok_")) return { kind: "appToken", tokenId: sub, hubId: hub, expiresAt };
  if (sub.startsWith("shr_")) return { kind: "share", shareId: sub, hubId: hub, expiresAt };
  if (sub.startsWith("usr_") && claims.aud === appAudience && expiresAt !== null) {
    return { kind: "app", userId: sub, hubId: hub, expiresAt };
  }
  throw unauthenticated();
}

function verifiedClaims(keys: KeyRing, token: string): Record<string, unknown> {
  if (token.length > maxTokenLength) throw unauthenticated();
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const key = keys.all.find((candidate) => candidate.kid === kid);
    if (alg !== "HS256" || !key) throw unauthenticated();
    const signed = token.slice(0, token.lastIndexOf("."));
    const given = Buffer.from(token.slice(signed.length + 1), "base64url");
    const expected = createHmac("sha256", key.tokenKey).update(signed).digest();
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw unauthenticated();
    return decodeJwt(token);
  } catch {
    throw unauthenticated();
  }
}
