// How far the devices are with what is desired of them.
import type { ConfigurationStatus } from "../../domain/configurations/configuration.ts";
import type { ServiceContext } from "../context.ts";
import { askConfigurations } from "./ask-configurations.ts";

export async function getConfigurationStatus({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<ConfigurationStatus> {
  return askConfigurations(ctx, { type: "status", ...input });
}
