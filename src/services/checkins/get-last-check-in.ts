// The last check-in of a device that reported.
import { softwareOf } from "../../domain/check-in-log.ts";
import type { LastCheckIn } from "../../domain/check-ins.ts";
import { notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";

/** `checkIn` is null for a device that never reported by polling. */
export async function getLastCheckIn({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<{ checkIn: (LastCheckIn & { software: ReturnType<typeof softwareOf> }) | null }> {
  if (!(await ctx.store.devices.find({ userId: ctx.user.userId, deviceId }))) throw notFound("device");
  const checkIn = await askHub(
    ctx,
    (hub, call) => hub.lastCheckIn(deviceId, call),
    () => null,
  );
  return { checkIn: checkIn && { ...checkIn, software: softwareOf(checkIn.client) } };
}
