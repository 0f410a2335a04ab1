// A hub key is the hub id with a keyed checksum. It names a hub in a URL and opens nothing by itself; but only this
// deployment can make one, so that a stranger's guesses are refused at the edge and wake no hub.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyRing, SigningKey } from "./keys.ts";

/** 12 characters of base64url: 72 bits. */
const checksumLength = 12;

function checksum(key: SigningKey, hubId: string): string {
  return createHmac("sha256", key.hubKeyKey).update(hubId).digest("base64url").slice(0, checksumLength);
}

/** `hub_…` and its checksum, joined by a dot. */
export function makeHubKey(keys: KeyRing, hubId: string): string {
  return `${hubId}.${checksum(keys.current, hubId)}`;
}

/** The hub id a hub key names, or null for one that this deployment did not make. No I/O. */
export function readHubKey(keys: KeyRing, hubKey: string): string | null {
  const match = /^(hub_[0-9a-z]{20})\.([A-Za-z0-9_-]{12})$/.exec(hubKey);
  if (!match) return null;
  const [, hubId = "", given = ""] = match;
  const valid = keys.all.some((key) => timingSafeEqual(Buffer.from(checksum(key, hubId)), Buffer.from(given)));
  return valid ? hubId : null;
}
