// Deletes a device; the hub closes its socket and never admits it again.
import { noGrants } from "../../domain/access.ts";
import { deletedVersion } from "../../domain/credentials.ts";
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";

export async function deleteDevice({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<void> {
  const notice = newNotice(ctx);
  const committed = await ctx.store.devices.delete({ userId: ctx.user.userId, deviceId }, notice);
  if (!committed) throw notFound("device");
  const state = { subject: deviceId, version: deletedVersion, gen: null, grants: noGrants };
  await tellHub(ctx, { hubId: ctx.user.hubId, notice, noticed: committed.noticed, state });
}
