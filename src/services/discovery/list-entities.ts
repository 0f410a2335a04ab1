// What announced itself: the devices behind one device of the user, or all.
import type { AnnouncedPage } from "../../domain/discovery/views.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { requireDevices } from "../streams/own-devices.ts";

const nothing: AnnouncedPage = { items: [], nextCursor: null, problems: [], settable: null };

export async function listEntities({
  ctx,
  input: { deviceId = null, cursor = null, limit },
}: {
  ctx: ServiceContext;
  input: { deviceId?: string | null; cursor?: string | null; limit: number };
}): Promise<AnnouncedPage> {
  if (deviceId !== null) await requireDevices(ctx, [deviceId]);
  const text = await askHub(
    ctx,
    (hub, call) => hub.announcedDevices({ deviceId, after: cursor, limit }, call),
    () => null,
  );
  return text === null ? nothing : (JSON.parse(text) as AnnouncedPage);
}
