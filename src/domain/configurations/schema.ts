// JSON Schemas of what may be desired of a device: drafts 2020-12 and 7, checked when they are given, applied to whole documents.
import { Validator } from "@cfworker/json-schema";
import { maxSchemaBytes } from "./configuration.ts";
import { Effort } from "./effort.ts";
import { readSchema, SchemaFault } from "./read-schema.ts";

/** Says of a document where it does not fit and why, or null. */
export type Check = (document: object) => string | null;

/** Documents that a check remembers: those of many devices are the same. */
const rememberedDocuments = 16;

/** What is wrong with a schema, or null. */
export function schemaFault(schema: object | boolean): string | null {
  const read = readCheck(schema);
  return "fault" in read ? read.fault : null;
}

/**
 * The check of a schema that is in force, or why there is none: one may be stored that would not be taken any more. `spent` is told what
 * each check cost, in about microseconds.
 */
export function readCheck(
  schema: object | boolean,
  spent: (effort: number) => void = () => {},
): { check: Check } | { fault: string } {
  if (new TextEncoder().encode(JSON.stringify(schema)).length > maxSchemaBytes) {
    return { fault: `has more than ${maxSchemaBytes} bytes of JSON` };
  }
  try {
    // A copy: the validator marks what it reads.
    const copy = JSON.parse(JSON.stringify(schema)) as object;
    const { draft, ways } = readSchema(copy);
    const effort = new Effort(ways);
    effort.watch(copy);
    return { check: remembering(checkWith(new Validator(copy, draft, true), effort, spent)) };
  } catch (error) {
    return { fault: error instanceof SchemaFault ? error.message : `cannot be evaluated: ${reasonOf(error)}` };
  }
}

/** A document for which the schema cannot be evaluated does not fit it. */
function checkWith(
  validator: Validator,
  effort: Effort,
  spent: (effort: number) => void,
): (text: string) => string | null {
  return (text) => {
    const copy: unknown = JSON.parse(text);
    effort.begin(copy);
    try {
      const { valid, errors } = validator.validate(copy);
      if (valid) return null;
      const last = errors.at(-1);
      return last ? `${last.instanceLocation.slice(1) || "/"}: ${last.error}` : "/: does not fit";
    } catch (error) {
      return `/: the schema cannot be evaluated: ${reasonOf(error)}`;
    } finally {
      spent(effort.spent);
    }
  };
}

function remembering(check: (text: string) => string | null): Check {
  const faults = new Map<string, string | null>();
  return (document) => {
    const text = JSON.stringify(document);
    const known = faults.get(text);
    if (known !== undefined) return known;
    if (faults.size >= rememberedDocuments) faults.clear();
    const fault = check(text);
    faults.set(text, fault);
    return fault;
  };
}

function reasonOf(error: unknown): string {
  return error instanceof RangeError ? "it refers to itself without end" : (error as Error).message.split("\n")[0]!;
}
