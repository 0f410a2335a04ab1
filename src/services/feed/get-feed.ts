// What was recorded of a device's feed.
import type { RecordedFeed } from "../../domain/feed.ts";
import { notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";

export async function getFeed({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<RecordedFeed> {
  if (!(await ctx.store.devices.find({ userId: ctx.user.userId, deviceId }))) throw notFound("device");
  return askHub(
    ctx,
    (hub, call) => hub.feed(deviceId, call),
    () => ({ items: [], recordingUntil: null }),
  );
}
