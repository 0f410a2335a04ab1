// The streams of a device, with their last values.
import type { Stream } from "../../domain/streams/stream.ts";
import { notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { isReadable, requireDevices } from "./own-devices.ts";

export async function listStreams({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<Stream[]> {
  await requireDevices(ctx, [deviceId]);
  const streams = await askHub(
    ctx,
    (hub, call) => hub.streams(deviceId, call),
    () => [],
  );
  if (!ctx.restriction) return streams;
  const readable = streams.filter(({ name }) => isReadable(ctx, deviceId, name));
  // Of a device of which nothing is shared it is not even said that it exists.
  if (readable.length === 0) throw notFound("device");
  return readable;
}
