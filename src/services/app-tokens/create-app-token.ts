// Issues a token for scripts and MQTT tools: the rights of an app of the user, until it expires or is revoked.
import { type Grants, noGrants } from "../../domain/access.ts";
import { newId } from "../../domain/ids.ts";
import { signAppToken } from "../../identity/tokens.ts";
import { type HubAddresses, hubAddresses } from "../addresses.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";

export interface IssuedAppToken extends HubAddresses {
  id: string;
  name: string;
  /** Null: everything. */
  grants: Grants | null;
  /** Shown once; not stored. */
  token: string;
  createdAt: number;
  expiresAt: number | null;
}

const dayMs = 86_400_000;

export async function createAppToken({
  ctx,
  input: { name, expiresInDays, grants = null },
}: {
  ctx: ServiceContext;
  input: { name: string; expiresInDays?: number | undefined; grants?: Grants | null | undefined };
}): Promise<IssuedAppToken> {
  const notice = newNotice(ctx);
  const createdAt = notice.now;
  const id = newId("tok", createdAt);
  // Whole seconds, as the token carries it.
  const expiresAt = expiresInDays === undefined ? null : Math.floor(createdAt / 1000) * 1000 + expiresInDays * dayMs;
  const { hubId } = ctx.user;
  const { noticed } = await ctx.store.appTokens.create({ id, ...ctx.user, name, grants, expiresAt, createdAt }, notice);
  await tellHub(ctx, {
    hubId,
    notice,
    noticed,
    state: { subject: id, version: 1, gen: 1, grants: grants ?? noGrants },
  });
  const token = await signAppToken(ctx.keys, { tokenId: id, hubId, expiresAt });
  return { id, name, grants, token, ...hubAddresses(ctx, hubId), createdAt, expiresAt };
}
