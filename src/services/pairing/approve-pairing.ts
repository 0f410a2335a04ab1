// A person approves a device that asks to be paired: as a new device, or in place of one that exists. The credential is
// issued when the device fetches it; until then an existing one keeps its own.
import { HomeportError } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { createDevice } from "../devices/create-device.ts";
import { deleteDevice } from "../devices/delete-device.ts";
import type { DeviceView } from "../devices/device-view.ts";
import { getDevice } from "../devices/get-device.ts";
import { pairingOfCode } from "./get-pairing.ts";

/** `name` for a new device, or `deviceId` of one of the user's. */
export type ApprovePairingInput = { userCode: string; name?: string | undefined; deviceId?: string | undefined };

export async function approvePairing({
  ctx,
  input: { userCode, name, deviceId },
}: {
  ctx: ServiceContext;
  input: ApprovePairingInput;
}): Promise<DeviceView> {
  const { pairing } = await pairingOfCode(ctx, userCode);
  if (pairing.status !== "pending") throw alreadyDecided();
  const { userCodeHash, clientId } = pairing;
  const device =
    deviceId === undefined
      ? await createDevice({ ctx, input: { name: name ?? clientId, model: clientId } })
      : await getDevice({ ctx, input: { deviceId } });
  const decision = { userCodeHash, userId: ctx.user.userId, deviceId: device.id, now: ctx.now() };
  if (await ctx.store.pairings.decide(decision)) return device;
  if (deviceId === undefined) await deleteDevice({ ctx, input: { deviceId: device.id } });
  throw alreadyDecided();
}

export function alreadyDecided(): HomeportError {
  return new HomeportError("conflict", "This code was approved or denied already.");
}
