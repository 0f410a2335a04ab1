// The user's live connections, a page at a time, with what the user calls whoever is behind them.
import type { ConnectionView } from "../../domain/connections.ts";
import type { ServiceContext } from "../context.ts";
import { askHub } from "./ask-hub.ts";

/** `name`: of an app token or a share; null: neither, or one without a name. */
export type NamedConnection = ConnectionView & { name: string | null };

export async function listConnections({
  ctx,
  input: { cursor = null, limit, deviceId = null, appsOnly = false },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null; limit: number; deviceId?: string | null; appsOnly?: boolean };
}): Promise<{ items: NamedConnection[]; nextCursor: string | null }> {
  const query = { after: cursor, limit, deviceId, ...(appsOnly && { appsOnly }) };
  const { items, nextCursor } = await askHub(
    ctx,
    (hub, call) => hub.connections(query, call),
    () => ({ items: [], nextCursor: null }),
  );
  const { userId } = ctx.user;
  const [tokens, shares] = await Promise.all([
    ctx.store.appTokens.namesOf({ userId, tokenIds: distinct(items.map(({ appTokenId }) => appTokenId)) }),
    ctx.store.shares.namesOf({ userId, shareIds: distinct(items.map(({ shareId }) => shareId)) }),
  ]);
  const nameOf = ({ appTokenId, shareId }: ConnectionView) => tokens.get(appTokenId ?? "") ?? shares.get(shareId ?? "");
  return { items: items.map((item) => ({ ...item, name: nameOf(item) ?? null })), nextCursor };
}

function distinct(ids: (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
