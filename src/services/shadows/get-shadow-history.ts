// The last changes of what was desired, the latest first.
import type { ShadowChange } from "../../domain/shadow/history.ts";
import type { ShadowRef } from "../../domain/shadow/topics.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { hubOfDevice } from "./own-shadow.ts";

export async function getShadowHistory({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ShadowRef;
}): Promise<{ items: ShadowChange[] }> {
  await hubOfDevice(ctx, input);
  const text = await askHub<string>(
    ctx,
    (hub, call) => hub.shadowHistory(input, call),
    () => "[]",
  );
  return { items: JSON.parse(text) as ShadowChange[] };
}
