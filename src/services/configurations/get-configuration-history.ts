// The last versions of a configuration, the latest first.
import type { ConfigurationChange } from "../../domain/configurations/configuration.ts";
import type { ServiceContext } from "../context.ts";
import { askConfigurations } from "./ask-configurations.ts";

export async function getConfigurationHistory({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ items: ConfigurationChange[] }> {
  return { items: await askConfigurations<ConfigurationChange[]>(ctx, { type: "history", ...input }) };
}
