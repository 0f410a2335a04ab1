// Slows down guessing and mass sign-up. Counts per address and per account in the platform's rate limit bindings, which are
// local to a data centre: a brake, not an exact count.
import type { Context, MiddlewareHandler } from "hono";
import { HomeportError } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";

/** The period of the bindings in wrangler.toml. */
const periodSeconds = 60;

/** Throws `rate_limited`. */
export async function count(limit: RateLimit, key: string): Promise<void> {
  const { success } = await limit.limit({ key });
  if (!success) {
    throw new HomeportError("rate_limited", "Too many attempts. Wait a minute.", { retryAfterSeconds: periodSeconds });
  }
}

function countAddress(limit: RateLimit, c: Context<AppEnv>): Promise<void> {
  return count(limit, addressOf(c.req.header("cf-connecting-ip")));
}

/** An IPv6 customer has a network of addresses, usually a /64. */
export function addressOf(header: string | undefined): string {
  const address = header ?? "unknown";
  if (!address.includes(":")) return `address:${address}`;
  const groups = address.split("::")[0]?.split(":").slice(0, 4) ?? [];
  return `address:${groups.join(":")}/64`;
}

export const signUpLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  await countAddress(c.env.SIGN_UP_LIMIT, c);
  await next();
};

/** Also for whatever else checks a password; then only per address. */
export const signInLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  await countAddress(c.env.SIGN_IN_LIMIT, c);
  const body: unknown = await c.req.raw
    .clone()
    .json()
    .catch(() => null);
  if (typeof body === "object" && body !== null && "email" in body && typeof body.email === "string") {
    await count(c.env.SIGN_IN_LIMIT, `account:${body.email.trim().toLowerCase().slice(0, 254)}`);
  }
  await next();
};

/** Strangers may ask for codes: each costs a row for a while. */
export const pairingStartLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  await countAddress(c.env.PAIRING_START_LIMIT, c);
  await next();
};

/** A house full of devices behind one address polls every few seconds. */
export const pairingPollLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  await countAddress(c.env.PAIRING_POLL_LIMIT, c);
  await next();
};

/** Behind `authenticated`. Entering codes by trying is slow for a person, from wherever, and for an address, as whoever. */
export const pairingCodeLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  await count(c.env.PAIRING_CODE_LIMIT, `user:${c.var.ctx.user.userId}`);
  await countAddress(c.env.PAIRING_CODE_LIMIT, c);
  await next();
};

/** Strangers may open links; who guesses gets nowhere, slowly. */
export const linkLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  await countAddress(c.env.LINK_LIMIT, c);
  await next();
};
