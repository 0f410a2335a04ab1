// Sends one message to one browser: encrypted for it alone (RFC 8291), in the name of the deployment (RFC 8292), by the push
// service that the browser chose (RFC 8030).
import { encryptNotification } from "@block65/webcrypto-web-push";
import { SignJWT, importJWK } from "jose";
import { type Posted, post } from "./post.ts";

export interface VapidKeys {
  /** Base64url of the uncompressed point; pages subscribe with it. */
  publicKey: string;
  privateKey: string;
  /** Whom a push service may ask, `mailto:` or `https:`; null: nobody. Apple's refuses to work for nobody. */
  subject: string | null;
}

export interface PushTarget {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface PushMessage {
  /** JSON text of at most `maxPushBytes`. */
  payload: string;
  /** Replaces a message of the same topic that has not been delivered yet: up to 32 characters of base64url. */
  topic: string;
  ttlSeconds: number;
}

/** What any push service takes, without what encryption adds (RFC 8291 §4). */
export const maxPushBytes = 3993;

/** RFC 8292 §2: at most 24 hours. */
const tokenHours = 12;

/** Of the secret VAPID_KEYS; null: the deployment has none. */
export function vapidKeysOf(
  secret: string,
  { mailFrom, publicUrl }: { mailFrom: string; publicUrl: string },
): VapidKeys | null {
  const [publicKey = "", privateKey = ""] = secret.split(":");
  if (publicKey === "" || privateKey === "") return null;
  const address = /<(.*)>$/.exec(mailFrom)?.[1] ?? mailFrom;
  const isPublic = publicUrl.startsWith("https:");
  return {
    publicKey,
    privateKey,
    subject: isPublic ? new URL(publicUrl).origin : address ? `mailto:${address}` : null,
  };
}

export async function sendPush(
  target: PushTarget,
  { payload, topic, ttlSeconds }: PushMessage,
  vapid: VapidKeys,
  now: number,
): Promise<Posted> {
  const { endpoint, p256dh, auth } = target;
  const body = await encryptNotification(
    { endpoint, expirationTime: null, keys: { p256dh, auth } },
    new TextEncoder().encode(payload),
  );
  const headers = {
    authorization: `vapid t=${await vapidToken(endpoint, vapid, now)}, k=${vapid.publicKey}`,
    "content-type": "application/octet-stream",
    "content-encoding": "aes128gcm",
    ttl: String(ttlSeconds),
    urgency: "high",
    topic,
  };
  return post(endpoint, headers, body);
}

async function vapidToken(
  endpoint: string,
  { publicKey, privateKey, subject }: VapidKeys,
  now: number,
): Promise<string> {
  const point = Buffer.from(publicKey, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
    d: privateKey,
  };
  const key = await importJWK(jwk, "ES256");
  const token = new SignJWT(subject === null ? {} : { sub: subject })
    .setProtectedHeader({ typ: "JWT", alg: "ES256" })
    .setAudience(new URL(endpoint).origin)
    .setExpirationTime(Math.floor(now / 1000) + tokenHours * 3600);
  return token.sign(key);
}

/** Whether a browser's keys are such that something can be encrypted for it. */
export async function areKeysUsable({ p256dh, auth }: Pick<PushTarget, "p256dh" | "auth">): Promise<boolean> {
  if (Buffer.from(auth, "base64url").length !== 16) return false;
  try {
    const point = Buffer.from(p256dh, "base64url");
    await crypto.subtle.importKey("raw", point, { name: "ECDH", namedCurve: "P-256" }, false, []);
    return point.length === 65;
  } catch {
    return false;
  }
}
