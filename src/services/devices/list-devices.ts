// The user's devices, a page at a time.
import type { Page } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";
import { type DeviceView, viewOf } from "./device-view.ts";

export async function listDevices({
  ctx,
  input: { cursor = null, limit, name = null, tag = null },
}: {
  ctx: ServiceContext;
  input: { cursor?: string | null; limit: number; name?: string | null; tag?: string | null };
}): Promise<Page<DeviceView>> {
  const { items, nextCursor } = await ctx.store.devices.list({ userId: ctx.user.userId, cursor, limit, name, tag });
  return { items: items.map(viewOf), nextCursor };
}
