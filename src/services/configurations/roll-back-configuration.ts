// Makes a configuration again what it was at an earlier version, for all its devices at once. The version goes on.
import type { ChangedConfiguration, Configuration } from "../../domain/configurations/configuration.ts";
import type { ServiceContext } from "../context.ts";
import { askConfigurations, changedOf } from "./ask-configurations.ts";

export async function rollBackConfiguration({
  ctx,
  input: { id, version },
}: {
  ctx: ServiceContext;
  input: { id: string; version: number };
}): Promise<Configuration> {
  const call = { type: "rollback", id, to: version, author: ctx.user.userId, now: ctx.now() } as const;
  return changedOf(await askConfigurations<ChangedConfiguration>(ctx, call));
}
