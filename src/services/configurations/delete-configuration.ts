// Desires it no longer: what devices still have of it is taken back.
import type { ServiceContext } from "../context.ts";
import { askConfigurations } from "./ask-configurations.ts";

export async function deleteConfiguration({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<void> {
  await askConfigurations<null>(ctx, { type: "delete", ...input, author: ctx.user.userId });
}
