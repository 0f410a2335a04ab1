// Changes what is given of a device; the hub hears of what it goes by: all but attributes.
import { type Grants, noGrants } from "../../domain/access.ts";
import { notFound } from "../../errors.ts";
import type { DeviceChange } from "../../store/store.ts";
import { checkPlace } from "../configurations/check-place.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";
import { type DeviceView, credentialStateOf, viewOf } from "./device-view.ts";

export type UpdateDeviceInput = { deviceId: string } & Omit<DeviceChange, "grants"> & { grants?: Partial<Grants> };

export async function updateDevice({
  ctx,
  input: { deviceId, grants, ...rest },
}: {
  ctx: ServiceContext;
  input: UpdateDeviceInput;
}): Promise<DeviceView> {
  if (rest.model !== undefined || rest.tags !== undefined) await checkPlace(ctx, { deviceId, ...rest });
  const notice = newNotice(ctx);
  const change = grants === undefined ? rest : { ...rest, grants: { ...noGrants, ...grants } };
  const committed = await ctx.store.devices.update({ userId: ctx.user.userId, deviceId }, change, notice);
  if (!committed) throw notFound("device");
  const { device, noticed } = committed;
  const author = ctx.user.userId;
  await tellHub(ctx, { hubId: device.hubId, notice, noticed, state: credentialStateOf(device), author });
  return viewOf(device);
}
