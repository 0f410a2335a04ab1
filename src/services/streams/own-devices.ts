// Whose streams may be asked about: those of the user's devices, and by whom something is shared with what is shared.
import { maySubscribe } from "../../domain/access.ts";
import { streamTopic } from "../../domain/dashboards/dashboard.ts";
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";

/** Throws `not_found` when one of them is not the user's. */
export async function requireDevices(ctx: ServiceContext, deviceIds: readonly string[]): Promise<void> {
  const { userId } = ctx.user;
  const found = await Promise.all(deviceIds.map((deviceId) => ctx.store.devices.find({ userId, deviceId })));
  if (found.some((device) => !device)) throw notFound("device");
}

/** Throws `not_found` when one of these streams is not among what may be read. */
export function requireReadable(ctx: ServiceContext, deviceIds: readonly string[], stream: string): void {
  if (!deviceIds.every((deviceId) => isReadable(ctx, deviceId, stream))) throw notFound("device");
}

export function isReadable({ restriction: grants, user }: ServiceContext, deviceId: string, stream: string): boolean {
  if (!grants) return true;
  return maySubscribe({ kind: "app", id: user.userId, grants }, streamTopic({ deviceId, stream }));
}
