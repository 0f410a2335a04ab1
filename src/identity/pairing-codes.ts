// The two codes of a device that asks to be paired (RFC 8628 §6.1): a long one it keeps to itself and a short one it shows.
// Both are stored as keyed hashes, for the short one could be found from a plain hash by trying.
import { createHmac } from "node:crypto";
import { randomText } from "../domain/ids.ts";
import type { KeyRing } from "./keys.ts";

/** No vowels, so no words; no digits, so nothing to mistake for a letter: 20^8 codes, 34.5 bits. */
const alphabet = "BCDFGHJKLMNPQRSTVWXZ";
const userCodeLength = 8;
/** 5 bits each. */
const deviceCodeLength = 32;

/** As people type it, `WDJB-MJHT`; every dash, space and case is taken. Null for what cannot be a code. */
export function readUserCode(text: string): string | null {
  const letters = text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  if (letters.length !== userCodeLength || [...letters].some((letter) => !alphabet.includes(letter))) return null;
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

export function newUserCode(): string {
  let letters = "";
  while (letters.length < userCodeLength) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // 240 is the largest multiple of 20 in a byte: every letter is as likely as any other.
    if (byte < 240) letters += alphabet[byte % alphabet.length];
  }
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

export function newDeviceCode(): string {
  return randomText(deviceCodeLength);
}

/** What the database knows of a code. A new first signing key ends codes that are open, which live for minutes. */
export function hashCode(keys: KeyRing, code: string): string {
  return createHmac("sha256", keys.current.pairingKey).update(code).digest("base64url");
}
