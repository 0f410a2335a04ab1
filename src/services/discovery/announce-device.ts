// Announces a device of the user to a Home Assistant that is connected to the hub. The device may be still to come, so this may
// start the hub.
import { ownAnnouncementTopic, type Settable } from "../../domain/discovery/own-device.ts";
import { HomeportError, notFound, unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { ServiceContext } from "../context.ts";

export async function announceDevice({
  ctx,
  input: { deviceId, settable },
}: {
  ctx: ServiceContext;
  input: { deviceId: string; settable: Settable[] };
}): Promise<{ topic: string; settable: Settable[] }> {
  const device = await ctx.store.devices.find({ userId: ctx.user.userId, deviceId });
  if (!device) throw notFound("device");
  const result = await hubStub(ctx.hubs, device.hubId, ctx.origin.continent)
    .announceDevice(deviceId, { name: device.name, model: device.model, settable }, ctx.meter.call(device.hubId))
    .catch((cause: unknown) => {
      throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
        retryAfterSeconds: 1,
        cause,
      });
    });
  unwrap(result);
  return { topic: ownAnnouncementTopic(deviceId), settable };
}
