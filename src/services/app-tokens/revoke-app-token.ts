// Revokes an app token: the API refuses it at once, the hub closes its sockets.
import { noGrants } from "../../domain/access.ts";
import { deletedVersion } from "../../domain/credentials.ts";
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";

export async function revokeAppToken({
  ctx,
  input: { tokenId },
}: {
  ctx: ServiceContext;
  input: { tokenId: string };
}): Promise<void> {
  const notice = newNotice(ctx);
  const committed = await ctx.store.appTokens.delete({ userId: ctx.user.userId, tokenId }, notice);
  if (!committed) throw notFound("app token");
  const state = { subject: tokenId, version: deletedVersion, gen: null, grants: noGrants };
  await tellHub(ctx, { hubId: ctx.user.hubId, notice, noticed: committed.noticed, state });
}
