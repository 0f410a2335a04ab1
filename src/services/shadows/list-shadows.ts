// Which shadows a device has.
import type { ShadowEntry } from "../../domain/shadow/history.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { hubOfDevice } from "./own-shadow.ts";

export async function listShadows({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<{ items: ShadowEntry[] }> {
  await hubOfDevice(ctx, input);
  const items = await askHub<ShadowEntry[]>(
    ctx,
    (hub, call) => hub.shadows(input.deviceId, call),
    () => [],
  );
  return { items };
}
