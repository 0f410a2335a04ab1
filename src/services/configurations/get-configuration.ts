// One configuration.
import type { Configuration } from "../../domain/configurations/configuration.ts";
import type { ServiceContext } from "../context.ts";
import { askConfigurations } from "./ask-configurations.ts";

export async function getConfiguration({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<Configuration> {
  return askConfigurations(ctx, { type: "get", ...input });
}
