// What models and tags say of their devices' configuration, with the earlier versions. They are few: one page.
import type { Configuration, ConfigurationCall } from "../../../domain/configurations/configuration.ts";
import type { ExportSource, ExportWork } from "../export-work.ts";

export const configurations: ExportSource = {
  async read(work) {
    for (const configuration of await answer<Configuration[]>(work, { type: "list" })) {
      const history = await answer<unknown[]>(work, { type: "history", id: configuration.id });
      await work.write({ type: "configuration", ...configuration, history });
    }
    return null;
  },
};

async function answer<T>(work: ExportWork, call: ConfigurationCall): Promise<T> {
  if (work.hub === null) return [] as T;
  return JSON.parse(await work.ask(work.hub, (stub, hubCall) => stub.configurations(call, hubCall))) as T;
}
