// Has everything that happens to a device recorded for a while. The device may be still to come, so this may start the hub.
import { HomeportError, notFound, unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { ServiceContext } from "../context.ts";

export async function recordFeed({
  ctx,
  input: { deviceId, seconds },
}: {
  ctx: ServiceContext;
  input: { deviceId: string; seconds: number };
}): Promise<{ recordingUntil: number }> {
  const device = await ctx.store.devices.find({ userId: ctx.user.userId, deviceId });
  if (!device) throw notFound("device");
  const result = await hubStub(ctx.hubs, device.hubId, ctx.origin.continent)
    .recordFeed(deviceId, seconds, ctx.meter.call(device.hubId))
    .catch((cause: unknown) => {
      throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
        retryAfterSeconds: 1,
        cause,
      });
    });
  return unwrap(result);
}
