// What can be said of a configuration without its devices: limits, and whether its schema is one.
import {
  type ConfigurationContent,
  type ConfigurationTarget,
  maxDesiredBytes,
} from "../../domain/configurations/configuration.ts";
import { schemaFault } from "../../domain/configurations/schema.ts";
import { ShadowRefusal } from "../../domain/shadow/refusal.ts";
import { readUpdate } from "../../domain/shadow/request.ts";
import { HomeportError } from "../../errors.ts";

/** Throws `bad_request` with the field at fault. */
export function checkContent(
  { desired, schema, checkInSeconds }: Partial<ConfigurationContent>,
  { kind, shadowName }: Pick<ConfigurationTarget, "kind" | "shadowName">,
): void {
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
  if (checkInSeconds != null && (kind === "tag" || shadowName !== null)) {
    refuse("checkInSeconds: the classic configuration of a model alone has one");
  }
  if (schema === undefined || schema === null) return;
  if (kind === "tag") refuse("schema: a model alone has one");
  const fault = schemaFault(schema);
  if (fault !== null) refuse(`schema: ${fault}`);
}

function refuse(message: string): never {
  throw new HomeportError("bad_request", `${message}.`);
}
