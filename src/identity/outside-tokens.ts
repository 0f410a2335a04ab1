// Tokens of the configured outside issuer (OIDC_ISSUER): whether a token claims to be one, and whose it is. Verifying is
// asynchronous and may fetch keys, so it happens at the door and never in a hub.
import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, jwtVerify } from "jose";
import type { Config } from "../config.ts";
import { HomeportError, unauthenticated } from "../errors.ts";
import { OutsideKeys } from "./outside-keys.ts";

/** Whom an outside issuer vouches for. `issuer` and `subject` name a person; nothing else does. */
export interface OutsideIdentity {
  issuer: string;
  subject: string;
  /** Lower case; null unless the issuer says that it was verified. */
  email: string | null;
  name: string;
  /** When the token ends, epoch ms. */
  expiresAt: number;
  /** When the person signed in (`auth_time`), epoch ms; null: the issuer does not say. */
  signedInAt: number | null;
}

type OutsideConfig = Pick<Config, "OIDC_ISSUER" | "OIDC_AUDIENCE" | "OIDC_JWKS_URL">;

/** Asymmetric ones alone: with HS256 whoever has the public key could sign (RFC 8725 §3.1). */
const algorithms = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"];
const maxTokenLength = 8192;
const clockToleranceSeconds = 5;
/** OpenID Connect Core 1.0 §2. */
const maxSubjectLength = 255;
const maxNameLength = 100;

const keysOf = new Map<string, OutsideKeys>();

function keysFor({ OIDC_ISSUER, OIDC_JWKS_URL }: OutsideConfig): OutsideKeys {
  const name = `${OIDC_ISSUER} ${OIDC_JWKS_URL}`;
  const known = keysOf.get(name) ?? new OutsideKeys({ issuer: OIDC_ISSUER, jwksUrl: OIDC_JWKS_URL });
  keysOf.set(name, known);
  return known;
}

/** Whether the token says that it comes from the configured issuer. Nothing is verified. */
export function isOutsideToken(config: OutsideConfig, token: string): boolean {
  if (config.OIDC_ISSUER === "" || token.length > maxTokenLength) return false;
  try {
    return decodeJwt(token).iss === config.OIDC_ISSUER;
  } catch {
    return false;
  }
}

/** Throws `unauthenticated`, the same for every reason, or `unavailable` when the issuer's keys cannot be had. */
export async function verifyOutsideToken(
  config: OutsideConfig,
  token: string,
  now: () => number,
): Promise<OutsideIdentity> {
  const options = {
    issuer: config.OIDC_ISSUER,
    audience: config.OIDC_AUDIENCE,
    algorithms,
    requiredClaims: ["sub", "exp"],
    clockTolerance: clockToleranceSeconds,
    currentDate: new Date(now()),
  };
  try {
    // What cannot be right whatever the key is costs no fetch.
    const { alg = "" } = decodeProtectedHeader(token);
    const { aud, exp = 0 } = decodeJwt(token);
    const audiences = [aud ?? []].flat();
    const isFresh = exp * 1000 + clockToleranceSeconds * 1000 > now();
    if (!algorithms.includes(alg) || !isFresh || !audiences.some((one) => options.audience.includes(one))) {
      throw unauthenticated();
    }
    const keys = keysFor(config);
    const { payload } = await jwtVerify(token, (header: JWTHeaderParameters) => keys.find(header, now), options);
    return identityOf(payload);
  } catch (error) {
    if (error instanceof HomeportError && error.code === "unavailable") throw error;
    throw unauthenticated();
  }
}

function identityOf(claims: Record<string, unknown>): OutsideIdentity {
  const { iss, sub, exp, email, email_verified: isVerified, name, auth_time: authTime } = claims;
  if (typeof sub !== "string" || sub === "" || sub.length > maxSubjectLength) throw unauthenticated();
  return {
    issuer: iss as string,
    subject: sub,
    email: isVerified === true && isAddress(email) ? email.toLowerCase() : null,
    name: typeof name === "string" ? name.trim().slice(0, maxNameLength) : "",
    expiresAt: (exp as number) * 1000,
    signedInAt: typeof authTime === "number" ? authTime * 1000 : null,
  };
}

function isAddress(email: unknown): email is string {
  return typeof email === "string" && email.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(email);
}

/** The id of the account row of a person of an outside issuer: the same for the same person, so that there is only one. */
export function outsideAccountId(issuer: string, subject: string): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest();
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return `acc_${Array.from(digest.subarray(0, 26), (byte) => alphabet[byte & 31]).join("")}`;
}
