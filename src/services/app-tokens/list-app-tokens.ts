// The user's app tokens, a page at a time, without the tokens themselves.
import type { Grants } from "../../domain/access.ts";
import type { Page } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";

export interface AppTokenView {
  id: string;
  name: string;
  /** Null: everything. */
  grants: Grants | null;
  createdAt: number;
  expiresAt: number | null;
}

export async function listAppTokens({
  ctx,
  input: { cursor = null, limit },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null; limit: number };
}): Promise<Page<AppTokenView>> {
  const { items, nextCursor } = await ctx.store.appTokens.list({ userId: ctx.user.userId, cursor, limit });
  return {
    items: items.map(({ id, name, grants, createdAt, expiresAt }) => ({ id, name, grants, createdAt, expiresAt })),
    nextCursor,
  };
}
