// Whose streams may be asked about: those of the user's devices.
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";

/** Throws `not_found` when one of them is not the user's. */
export async function requireDevices(ctx: ServiceContext, deviceIds: readonly string[]): Promise<void> {
  const { userId } = ctx.user;
  const found = await Promise.all(deviceIds.map((deviceId) => ctx.store.devices.find({ userId, deviceId })));
  if (found.some((device) => !device)) throw notFound("device");
}
