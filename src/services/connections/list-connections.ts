// The user's live connections, a page at a time.
import type { ConnectionPage } from "../../domain/connections.ts";
import type { ServiceContext } from "../context.ts";
import { askHub } from "./ask-hub.ts";

export async function listConnections({
  ctx,
  input: { cursor = null, limit, deviceId = null },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null; limit: number; deviceId?: string | null };
}): Promise<ConnectionPage> {
  const query = { after: cursor, limit, deviceId };
  return askHub(
    ctx,
    (hub) => hub.connections(query, ctx.requestId),
    () => ({ items: [], nextCursor: null }),
  );
}
