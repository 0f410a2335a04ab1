// The secret of a link: which share it is, and what only whoever was given the link can know. Stored as a hash, which is enough for
// a secret that nobody chose.
import { createHash, timingSafeEqual } from "node:crypto";
import { randomText } from "../../domain/ids.ts";

/** 160 bits. */
const secretLength = 32;

export function newLinkSecret(shareId: string): { secret: string; secretHash: string } {
  const random = randomText(secretLength);
  return { secret: `${shareId}.${random}`, secretHash: hashOf(random).toString("base64url") };
}

/** What a link names and shows; null: it is not one of ours. */
export function readLinkSecret(secret: string): { shareId: string; random: string } | null {
  const match = /^(shr_[0-9a-z]{20})\.([0-9a-z]{32})$/.exec(secret);
  return match && { shareId: match[1] ?? "", random: match[2] ?? "" };
}

export function isLinkSecret(random: string, secretHash: string | null): boolean {
  const stored = Buffer.from(secretHash ?? "", "base64url");
  const shown = hashOf(random);
  return stored.length === shown.length && timingSafeEqual(stored, shown);
}

function hashOf(random: string): Buffer {
  return createHash("sha256").update(random).digest();
}
