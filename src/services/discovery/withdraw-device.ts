// Takes the announcement of a device of the user back.
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { requireDevices } from "../streams/own-devices.ts";

export async function withdrawDevice({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<void> {
  await requireDevices(ctx, [deviceId]);
  await askHub(
    ctx,
    (hub, call) => hub.withdrawDevice(deviceId, call),
    () => null,
  );
}
