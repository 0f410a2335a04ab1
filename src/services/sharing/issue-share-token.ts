// The token with which a shared dashboard talks to its owner's hub and reads the histories of its charts: what the widgets need and
// nothing else, for a day at most, and no longer than the share.
import { notFound } from "../../errors.ts";
import { signAppToken } from "../../identity/tokens.ts";
import type { Share } from "../../store/dashboard-store.ts";
import { type HubAddresses, hubAddresses } from "../addresses.ts";
import type { RequestContext, ServiceContext } from "../context.ts";
import { isLinkSecret, readLinkSecret } from "./link-secret.ts";
import { findSharedDashboard, isOver, type SharedView, sharedViewOf } from "./shared-dashboards.ts";

const tokenMs = 86_400_000;

export interface ShareToken extends HubAddresses {
  token: string;
  expiresAt: number;
}

/** For a person it is shared with. */
export async function issueShareToken({
  ctx,
  input: { shareId },
}: {
  ctx: ServiceContext;
  input: { shareId: string };
}): Promise<ShareToken> {
  const { share } = await findSharedDashboard(ctx, shareId);
  return tokenFor(ctx, share);
}

/** For whoever has the link: the dashboard too. The same refusal for every reason. */
export async function openLink({
  ctx,
  input: { secret },
}: {
  ctx: RequestContext;
  input: { secret: string };
}): Promise<ShareToken & { dashboard: SharedView }> {
  const shown = readLinkSecret(secret);
  const found = shown && (await ctx.store.shares.find(shown.shareId));
  if (!shown || !found || !isLinkSecret(shown.random, found.share.secretHash) || isOver(ctx, found)) {
    throw notFound("link");
  }
  return { ...(await tokenFor(ctx, found.share)), dashboard: sharedViewOf(found) };
}

async function tokenFor(ctx: RequestContext, { id, hubId, expiresAt: endsAt }: Share): Promise<ShareToken> {
  const wanted = ctx.now() + tokenMs;
  // Whole seconds, as the token carries it.
  const expiresAt = Math.floor(Math.min(wanted, endsAt ?? wanted) / 1000) * 1000;
  const token = await signAppToken(ctx.keys, { tokenId: id, hubId, expiresAt });
  return { token, expiresAt, ...hubAddresses(ctx, hubId) };
}
