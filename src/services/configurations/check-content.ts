// What can be said of a configuration without its devices: limits, and whether its schema is one.
import {
  type ConfigurationContent,
  type ConfigurationKind,
  maxDesiredBytes,
} from "../../domain/configurations/configuration.ts";
import { schemaFault } from "../../domain/configurations/schema.ts";
import { ShadowRefusal } from "../../domain/shadow/refusal.ts";
import { readUpdate } from "../../domain/shadow/request.ts";
import { HomeportError } from "../../errors.ts";

/** Throws `bad_request` with the field at fault. `kind`: null if it is not known here. */
export function checkContent({ desired, schema }: Partial<ConfigurationContent>, kind: ConfigurationKind | null): void {
  if (desired !== undefined) {
    const bytes = new TextEncoder().encode(JSON.stringify(desired)).length;
    if (bytes > maxDesiredBytes) refuse(`desired: has more than ${maxDesiredBytes} bytes of JSON`);
    try {
      readUpdate(new TextEncoder().encode(JSON.stringify({ state: { desired } })));
    } catch (error) {
      if (error instanceof ShadowRefusal) refuse(`desired: ${error.message}`);
      throw error;
    }
  }
  if (schema === undefined || schema === null) return;
  if (kind === "tag") refuse("schema: a model alone has one");
  const fault = schemaFault(schema);
  if (fault !== null) refuse(`schema: ${fault}`);
}

function refuse(message: string): never {
  throw new HomeportError("bad_request", `${message}.`);
}
