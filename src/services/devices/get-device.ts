// One device of the user.
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { type DeviceView, viewOf } from "./device-view.ts";

export async function getDevice({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<DeviceView> {
  const device = await ctx.store.devices.find({ userId: ctx.user.userId, deviceId: input.deviceId });
  if (!device) throw notFound("device");
  return viewOf(device);
}
