// The deployment's signing keys: secrets of the deployment, not rows, so that a cold isolate verifies without I/O.
import { createHmac } from "node:crypto";
import { HomeportError } from "../errors.ts";

export interface SigningKey {
  kid: string;
  /** Signs device credentials, app tokens and app JWTs (HS256). */
  tokenKey: Uint8Array;
  /** Makes the checksum of hub keys. */
  hubKeyKey: Uint8Array;
  /** Hashes the codes of devices that are being paired. */
  pairingKey: Uint8Array;
  /** The secrets of webhooks are derived from it. */
  webhookKey: Uint8Array;
  /** Signs the links in mails that need no sign-in. */
  mailKey: Uint8Array;
}

/** The first key signs, all verify. */
export interface KeyRing {
  current: SigningKey;
  all: SigningKey[];
}

const cache = new Map<string, KeyRing>();

/** Parses `SIGNING_KEYS`: `kid:base64url` pairs separated by commas. Throws an `internal` error on a malformed list. */
export function readKeyRing(signingKeys: string): KeyRing {
  const known = cache.get(signingKeys);
  if (known) return known;
  const all = signingKeys.split(",").map((pair) => {
    const [kid, secret] = pair.trim().split(":");
    const root = Buffer.from(secret ?? "", "base64url");
    if (!kid || !/^[A-Za-z0-9_-]{1,8}$/.test(kid) || root.length < 32) {
      throw new HomeportError(
        "internal",
        "SIGNING_KEYS must be `kid:base64url` pairs separated by commas: a kid of at most 8 characters and 32 bytes or more.",
      );
    }
    return {
      kid,
      tokenKey: derive(root, "token"),
      hubKeyKey: derive(root, "hub-key"),
      pairingKey: derive(root, "pairing"),
      webhookKey: derive(root, "webhook"),
      mailKey: derive(root, "mail"),
    };
  });
  const ring = { current: all[0] as SigningKey, all };
  cache.set(signingKeys, ring);
  return ring;
}

function derive(root: Uint8Array, purpose: string): Uint8Array {
  return createHmac("sha256", root).update(`homeport/${purpose}`).digest();
}
