// What a link in a mail shows to end, or to begin again, the mails of a person's rules without a sign-in: who they are and until when
// the link works, signed with a key that signs nothing else. Kept nowhere.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyRing } from "./keys.ts";

/** How long a link works: longer than anybody keeps a mail to answer it so. */
const lifeMs = 180 * 86_400_000;

const pattern = /^(usr_[0-9a-z]{20})\.([0-9a-z]{1,10})\.([A-Za-z0-9_-]{1,8})\.([A-Za-z0-9_-]{43})$/;

export function unsubscribeToken({ current }: KeyRing, userId: string, nowMs: number): string {
  const signed = `${userId}.${Math.floor((nowMs + lifeMs) / 1000).toString(36)}`;
  return `${signed}.${current.kid}.${macOf(current.mailKey, signed).toString("base64url")}`;
}

/** Whose mails it is about; null: it is not one of ours, or no longer. */
export function verifyUnsubscribeToken({ all }: KeyRing, token: string, nowMs: number): { userId: string } | null {
  const [, userId = "", expiry = "", kid, mac = ""] = pattern.exec(token) ?? [];
  const key = all.find((candidate) => candidate.kid === kid);
  if (!key) return null;
  const isRight = timingSafeEqual(Buffer.from(mac, "base64url"), macOf(key.mailKey, `${userId}.${expiry}`));
  return isRight && Number.parseInt(expiry, 36) * 1000 > nowMs ? { userId } : null;
}

function macOf(key: Uint8Array, signed: string): Buffer {
  return createHmac("sha256", key).update(signed).digest();
}
