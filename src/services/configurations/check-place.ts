// Whether what a model and tags desire would be valid for a device that comes under them.
import { HomeportError } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { askConfigurations } from "./ask-configurations.ts";

/**
 * Throws `bad_request` if not. A hub that does not answer objects to nothing now: it will leave such a device as it is, and show it as
 * pending.
 */
export async function checkPlace(
  ctx: ServiceContext,
  { deviceId, model, tags }: { deviceId: string; model?: string | null | undefined; tags?: string[] | undefined },
): Promise<void> {
  if (!(await ctx.store.devices.find({ userId: ctx.user.userId, deviceId }))) return;
  try {
    await askConfigurations<null>(ctx, { type: "checkDevice", deviceId, model, tags });
  } catch (error) {
    if (!(error instanceof HomeportError) || error.code !== "unavailable") throw error;
  }
}
