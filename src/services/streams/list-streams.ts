// The streams of a device, with their last values.
import type { Stream } from "../../domain/streams/stream.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { requireDevices } from "./own-devices.ts";

export async function listStreams({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<Stream[]> {
  await requireDevices(ctx, [deviceId]);
  return askHub(
    ctx,
    (hub) => hub.streams(deviceId, ctx.requestId),
    () => [],
  );
}
