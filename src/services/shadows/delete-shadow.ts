// Deletes a shadow with its history. One that does not exist is deleted already.
import type { ShadowRef } from "../../domain/shadow/topics.ts";
import { HomeportError } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { hubOfDevice } from "./own-shadow.ts";

export async function deleteShadow({
  ctx,
  input: { ref, version },
}: {
  ctx: ServiceContext;
  /** `version`: the one it must have, if not null. */
  input: { ref: ShadowRef; version: number | null };
}): Promise<void> {
  await hubOfDevice(ctx, ref);
  await askHub<null>(
    ctx,
    (hub, call) => hub.deleteShadow(ref, version, call),
    () => {
      if (version) throw new HomeportError("conflict", "Version conflict");
      return null;
    },
  );
}
