// Makes desired again what it was at an earlier version. What the device reported stays, and the version goes on.
import type { ShadowView } from "../../domain/shadow/answers.ts";
import type { ShadowRef } from "../../domain/shadow/topics.ts";
import { notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { hubOfDevice, noShadow } from "./own-shadow.ts";

export async function revertShadow({
  ctx,
  input: { ref, version },
}: {
  ctx: ServiceContext;
  input: { ref: ShadowRef; version: number };
}): Promise<ShadowView> {
  await hubOfDevice(ctx, ref);
  const text = await askHub<string>(
    ctx,
    (hub, call) => hub.revertShadow(ref, { version, author: ctx.user.userId }, call),
    () => {
      if (version > 0) throw notFound("version");
      return JSON.stringify(noShadow(ctx.now()));
    },
  );
  return JSON.parse(text) as ShadowView;
}
