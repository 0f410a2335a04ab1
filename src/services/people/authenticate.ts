// Who makes a request of the management API: an app's JWT, an app token, a token of the outside issuer, or a person's session.
import type { Grants } from "../../domain/access.ts";
import { grantsFor } from "../../domain/dashboards/dashboard.ts";
import { HomeportError, unauthenticated } from "../../errors.ts";
import { type VerifiedToken, verifyToken } from "../../identity/tokens.ts";
import type { RequestContext, ServiceContext } from "../context.ts";
import { hubOfUser } from "./hub-of-user.ts";
import { peopleOf } from "./open-people.ts";
import { outsideUser } from "./outside-user.ts";

interface Shown {
  /** Of the `Authorization` header; null: none was sent. Outranks the cookie. */
  bearer: string | null;
  cookie: string | null;
  requestOrigin: string;
}

/** Whom a request speaks for, and what it may do in their name. */
export interface Authority {
  user: ServiceContext["user"];
  /** Null: everything. Otherwise what it may read and send of the hub, and nothing else of the user's. */
  restriction: Grants | null;
}

/** Throws `unauthenticated`, the same for every reason. */
export async function authenticate({ ctx, input }: { ctx: RequestContext; input: Shown }): Promise<Authority> {
  const verified = input.bearer === null ? null : verifiedOrNull(ctx, input.bearer);
  if (verified) return authorityOfToken(ctx, verified);
  const { user } = await authenticatePerson({ ctx, input: { ...input, prolong: false } });
  return { user, restriction: null };
}

/** A person as they signed in: with us, or with the outside issuer. */
export interface AuthenticatedPerson {
  user: ServiceContext["user"];
  /** To set if the session was prolonged. */
  cookies: string[];
  /** When what they showed ends for good, epoch ms; null: a session, which lasts while it is used. */
  expiresAt: number | null;
  /** When they signed in, epoch ms; null: the outside issuer does not say. */
  signedInAt: number | null;
}

/**
 * The person whose session the cookie or the bearer token names, or whose token of the outside issuer it is; `prolong` keeps
 * a session that is used from ending.
 */
export async function authenticatePerson({
  ctx,
  input,
}: {
  ctx: RequestContext;
  input: Shown & { prolong: boolean };
}): Promise<AuthenticatedPerson> {
  const outside = input.bearer === null ? null : await outsideUser({ ctx, input: { token: input.bearer } });
  if (outside) return { ...outside, cookies: [] };
  const headers = new Headers();
  if (input.bearer !== null) headers.set("authorization", `Bearer ${input.bearer}`);
  else if (input.cookie !== null) headers.set("cookie", input.cookie);
  else throw unauthenticated();
  const session = await peopleOf(ctx, input.requestOrigin).sessionOf(headers, input);
  if (!session) throw unauthenticated();
  const { userId, cookies, signedInAt } = session;
  const user = { userId, hubId: await hubOfUser({ ctx, input: { userId } }) };
  return { user, cookies, expiresAt: null, signedInAt };
}

/** Whether the password is that of the person whose session was shown. */
export async function isPasswordOf({
  ctx,
  input,
}: {
  ctx: RequestContext;
  input: Shown & { password: string };
}): Promise<boolean> {
  const headers = new Headers();
  if (input.bearer !== null) headers.set("authorization", `Bearer ${input.bearer}`);
  else if (input.cookie !== null) headers.set("cookie", input.cookie);
  return peopleOf(ctx, input.requestOrigin).isPassword(headers, input.password);
}

function verifiedOrNull(ctx: RequestContext, token: string): VerifiedToken | null {
  try {
    return verifyToken(ctx.keys, token, ctx.now());
  } catch {
    return null;
  }
}

async function authorityOfToken(ctx: RequestContext, verified: VerifiedToken): Promise<Authority> {
  switch (verified.kind) {
    case "app":
      return { user: { userId: verified.userId, hubId: verified.hubId }, restriction: null };
    case "appToken": {
      const row = await ctx.store.appTokens.find(verified.tokenId);
      if (!row || isOver(ctx, row)) throw unauthenticated();
      return { user: { userId: row.userId, hubId: row.hubId }, restriction: row.grants };
    }
    case "share": {
      const found = await ctx.store.shares.find(verified.shareId);
      if (!found || isOver(ctx, found.share)) throw unauthenticated();
      const { userId, hubId, rights } = found.share;
      return { user: { userId, hubId }, restriction: grantsFor(rights, found.dashboard.grants) };
    }
    case "device":
      // The same for a live and a revoked one: it is never looked up. A developer who mixed up tokens should hear so.
      throw new HomeportError(
        "forbidden",
        "A device's credential cannot manage the account. Use an app token or the token of a session.",
      );
  }
}

function isOver(ctx: RequestContext, { expiresAt }: { expiresAt: number | null }): boolean {
  return expiresAt !== null && expiresAt <= ctx.now();
}
