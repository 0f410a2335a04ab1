// Asks the user's hub about configurations. One that never ran has none.
import type {
  ChangedConfiguration,
  Configuration,
  ConfigurationCall,
} from "../../domain/configurations/configuration.ts";
import { HomeportError, notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";

/** What the hub answers. Throws `not_found` for a hub that never ran. */
export async function askConfigurations<T>(ctx: ServiceContext, call: ConfigurationCall): Promise<T> {
  const text = await askHub<string>(
    ctx,
    (hub, hubCall) => hub.configurations(call, hubCall),
    () => {
      if (call.type === "list") return "[]";
      if (call.type === "checkDevice") return "null";
      throw notFound("configuration");
    },
  );
  return JSON.parse(text) as T;
}

/** The configuration as it is now. Throws if somebody else was faster. */
export function changedOf({ configuration, isAtVersion }: ChangedConfiguration): Configuration {
  if (isAtVersion) return configuration;
  throw new HomeportError("precondition_failed", "The configuration was changed meanwhile: this is its present form.", {
    current: configuration,
  });
}
