// The short-lived JWT with which an app talks to the API and to the hub.
import { signAppJwt } from "../../identity/tokens.ts";
import { type HubAddresses, hubAddresses } from "../addresses.ts";
import type { ServiceContext } from "../context.ts";

export interface IssuedAppJwt extends HubAddresses {
  token: string;
  expiresAt: number;
}

/** Lives `APP_JWT_SECONDS`, but not beyond `notAfter` (epoch ms; null: no such bound). */
export async function issueAppJwt({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { notAfter: number | null };
}): Promise<IssuedAppJwt> {
  const wanted = ctx.now() + ctx.config.APP_JWT_SECONDS * 1000;
  // Whole seconds, as the token carries it.
  const expiresAt = Math.floor(Math.min(wanted, input.notAfter ?? wanted) / 1000) * 1000;
  const token = await signAppJwt(ctx.keys, { ...ctx.user, issuer: ctx.baseUrl, expiresAt });
  return { token, expiresAt, ...hubAddresses(ctx, ctx.user.hubId) };
}
