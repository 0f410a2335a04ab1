// In place of zod's `fromJSONSchema`. What people give as JSON Schema is checked by @cfworker/json-schema.
import { leftOut } from "./left-out.ts";

export function fromJSONSchema(): never {
  return leftOut("z.fromJSONSchema");
}
