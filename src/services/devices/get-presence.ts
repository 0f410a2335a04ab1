// Whether a device is online.
import type { Presence } from "../../domain/presence.ts";
import { HomeportError, notFound, unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { ServiceContext } from "../context.ts";

export async function getPresence({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<Presence> {
  const { userId } = ctx.user;
  const [device, hub] = await Promise.all([
    ctx.store.devices.find({ userId, deviceId }),
    ctx.store.hubs.ofUser(userId),
  ]);
  if (!device) throw notFound("device");
  // A hub that never ran has seen nobody, and asking would create it.
  if (!hub || hub.startedAt === null) return { online: false, lastSeenAt: null };
  const result = await hubStub(ctx.hubs, device.hubId)
    .presence(deviceId, ctx.meter.call(device.hubId))
    .catch((cause: unknown) => {
      throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
        retryAfterSeconds: 1,
        cause,
      });
    });
  return unwrap(result);
}
