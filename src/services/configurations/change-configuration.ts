// Changes what is desired of a model or a tag, and the schema, unless somebody else was faster or it would not be valid for a device.
import type {
  ChangedConfiguration,
  Configuration,
  ConfigurationContent,
} from "../../domain/configurations/configuration.ts";
import type { ServiceContext } from "../context.ts";
import { askConfigurations, changedOf } from "./ask-configurations.ts";
import { checkContent } from "./check-content.ts";

export async function changeConfiguration({
  ctx,
  input: { id, version, change },
}: {
  ctx: ServiceContext;
  /** `version`: the one it must have; null: any. */
  input: { id: string; version: number | null; change: Partial<ConfigurationContent> };
}): Promise<Configuration> {
  const present = await askConfigurations<Configuration>(ctx, { type: "get", id });
  checkContent(change, present);
  const call = { type: "change", id, version, change, author: ctx.user.userId, now: ctx.now() } as const;
  return changedOf(await askConfigurations<ChangedConfiguration>(ctx, call));
}
