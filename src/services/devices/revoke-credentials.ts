// Ends every credential of a device; the hub closes its socket.
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";
import { credentialStateOf } from "./device-view.ts";

export async function revokeCredentials({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<void> {
  const notice = newNotice(ctx);
  const committed = await ctx.store.devices.revokeCredentials({ userId: ctx.user.userId, deviceId }, notice);
  if (!committed) throw notFound("device");
  const { device, noticed } = committed;
  await tellHub(ctx, { hubId: device.hubId, notice, noticed, state: credentialStateOf(device) });
}
