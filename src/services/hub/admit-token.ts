// Which hub a token opens, and what to show to that hub. A hub verifies synchronously and knows our own tokens alone: for a token of
// the outside issuer, verified here, it gets a JWT of ours.
import { unauthenticated } from "../../errors.ts";
import { signAppJwt, verifyToken } from "../../identity/tokens.ts";
import type { RequestContext } from "../context.ts";
import { outsideUser } from "../people/outside-user.ts";

/** The way from the door to the hub takes less. */
const admissionMs = 60_000;

export interface AdmittedToken {
  hubId: string;
  /** One of ours. */
  token: string;
}

/** Throws `unauthenticated`, the same for every reason; has woken nobody. No I/O for tokens of ours. */
export async function admitToken({
  ctx,
  input,
}: {
  ctx: RequestContext;
  input: { token: string };
}): Promise<AdmittedToken> {
  const { token } = input;
  const outside = await outsideUser({ ctx, input });
  if (!outside) return { hubId: verifyToken(ctx.keys, token, ctx.now()).hubId, token };
  const expiresAt = Math.min(ctx.now() + admissionMs, outside.expiresAt);
  if (expiresAt <= ctx.now()) throw unauthenticated();
  return {
    hubId: outside.user.hubId,
    token: await signAppJwt(ctx.keys, { ...outside.user, issuer: ctx.baseUrl, expiresAt }),
  };
}
