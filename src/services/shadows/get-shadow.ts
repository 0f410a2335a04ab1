// A shadow as it is: empty and of version 0 when there is none.
import type { ShadowView } from "../../domain/shadow/answers.ts";
import type { ShadowRef } from "../../domain/shadow/topics.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { hubOfDevice, noShadow } from "./own-shadow.ts";

export async function getShadow({ ctx, input }: { ctx: ServiceContext; input: ShadowRef }): Promise<ShadowView> {
  await hubOfDevice(ctx, input);
  const text = await askHub<string>(
    ctx,
    (hub, call) => hub.shadow(input, call),
    () => JSON.stringify(noShadow(ctx.now())),
  );
  return JSON.parse(text) as ShadowView;
}
