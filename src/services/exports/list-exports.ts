// The user's exports, the oldest first.
import type { Page } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";
import { type ExportView, viewOf } from "./export-view.ts";

export async function listExports({
  ctx,
  input: { cursor = null, limit },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null | undefined; limit: number };
}): Promise<Page<ExportView>> {
  const page = await ctx.store.exports.list({ userId: ctx.user.userId, cursor, limit });
  return { ...page, items: page.items.map(viewOf) };
}
