// What every call about a shadow begins with: the device is the user's, and the hub is asked only if it ever ran.
import { viewOf, type ShadowView } from "../../domain/shadow/answers.ts";
import { emptySections } from "../../domain/shadow/document.ts";
import type { ShadowRef } from "../../domain/shadow/topics.ts";
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";

/** The device's hub; throws for a device that is not the user's. */
export async function hubOfDevice(ctx: ServiceContext, { deviceId }: Pick<ShadowRef, "deviceId">): Promise<string> {
  const device = await ctx.store.devices.find({ userId: ctx.user.userId, deviceId });
  if (!device) throw notFound("device");
  return device.hubId;
}

/** The shadow of a device whose hub never ran. */
export function noShadow(now: number): ShadowView {
  return viewOf({ ...emptySections, version: 0 }, {}, Math.floor(now / 1000));
}
