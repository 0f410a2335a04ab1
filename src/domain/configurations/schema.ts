// JSON Schemas of what may be desired of a device: drafts 2020-12 and 7, checked when they are given, applied to whole documents.
import { Validator } from "@cfworker/json-schema";
import { isRecord } from "../shadow/document.ts";
import { maxSchemaBytes } from "./configuration.ts";

const drafts: Record<string, "2020-12" | "7"> = {
  "https://json-schema.org/draft/2020-12/schema": "2020-12",
  "http://json-schema.org/draft-07/schema": "7",
};
/** Schemas within one another. */
const maxSchemaLevels = 16;
/** Each may lead to others: more would let a short schema take long. */
const maxReferences = 32;
const maxPatternLength = 256;

const types = ["null", "boolean", "object", "array", "number", "integer", "string"];
const one = ["not", "if", "then", "else", "contains", "additionalProperties", "propertyNames", "additionalItems"];
const oneMore = ["unevaluatedProperties", "unevaluatedItems", "items"];
const many = ["allOf", "anyOf", "oneOf", "prefixItems"];
const named = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const counts = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains"];
const numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

interface References {
  root: object | boolean;
  count: number;
}

class Fault extends Error {}

export type Check = (document: object) => string | null;

/** What is wrong with a schema, or null. */
export function schemaFault(schema: object | boolean): string | null {
  if (new TextEncoder().encode(JSON.stringify(schema)).length > maxSchemaBytes) {
    return `has more than ${maxSchemaBytes} bytes of JSON`;
  }
  try {
    const references = { root: schema, count: 0 };
    walk(schema, "#", 0, references);
    draftOf(schema);
    checkOf(schema)({});
    return null;
  } catch (error) {
    return error instanceof Fault ? error.message : `cannot be evaluated: ${reasonOf(error)}`;
  }
}

/** Says of a document where it does not fit and why, or null. Throws for a schema that has a fault. */
export function checkOf(schema: object | boolean): Check {
  // A copy: the validator marks what it reads.
  const validator = new Validator(JSON.parse(JSON.stringify(schema)), draftOf(schema), true);
  return (document) => {
    const { valid, errors } = validator.validate(JSON.parse(JSON.stringify(document)));
    if (valid) return null;
    const last = errors.at(-1);
    return last ? `${last.instanceLocation.slice(1) || "/"}: ${last.error}` : "/: does not fit";
  };
}

/** The same for a schema that is in force: one that cannot be evaluated for this document refuses it. */
export function documentFault(check: Check, document: object): string | null {
  try {
    return check(document);
  } catch (error) {
    return `/: the schema cannot be evaluated: ${reasonOf(error)}`;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof RangeError ? "it refers to itself without end" : (error as Error).message.split("\n")[0]!;
}

function draftOf(schema: object | boolean): "2020-12" | "7" {
  const uri = isRecord(schema) ? schema["$schema"] : undefined;
  if (uri === undefined) return "2020-12";
  const draft = typeof uri === "string" ? drafts[uri.replace(/#$/, "")] : undefined;
  if (!draft) throw new Fault("#/$schema: must be that of draft 2020-12 or of draft-07");
  return draft;
}

function walk(schema: unknown, at: string, level: number, references: References): void {
  if (typeof schema === "boolean") return;
  if (!isRecord(schema)) throw new Fault(`${at}: must be a schema: an object, true or false`);
  if (level > maxSchemaLevels) throw new Fault(`${at}: has more than ${maxSchemaLevels} levels`);
  for (const [keyword, value] of Object.entries(schema)) {
    const here = `${at}/${keyword}`;
    const inner = (each: unknown, where: string) => walk(each, where, level + 1, references);
    const must = (holds: boolean, what: string) => {
      if (!holds) throw new Fault(`${here}: must be ${what}`);
    };
    if (keyword === "items" && Array.isArray(value)) value.forEach((each, i) => inner(each, `${here}/${i}`));
    else if (one.includes(keyword) || oneMore.includes(keyword)) inner(value, here);
    else if (many.includes(keyword)) {
      must(Array.isArray(value) && value.length > 0, "a list of schemas");
      (value as unknown[]).forEach((each, i) => inner(each, `${here}/${i}`));
    } else if (named.includes(keyword)) {
      must(isRecord(value), "an object of schemas");
      for (const [name, each] of Object.entries(value as object)) {
        if (keyword === "patternProperties") mustBePattern(name, here);
        inner(each, `${here}/${name}`);
      }
    } else if (keyword === "type") {
      const listed = Array.isArray(value) ? value : [value];
      must(listed.length > 0 && listed.every((each) => types.includes(each as string)), `of ${types.join(", ")}`);
    } else if (keyword === "required") {
      must(Array.isArray(value) && value.every((each) => typeof each === "string"), "a list of names");
    } else if (keyword === "enum") must(Array.isArray(value) && value.length > 0, "a list of values");
    else if (counts.includes(keyword)) must(Number.isSafeInteger(value) && (value as number) >= 0, "a whole number");
    else if (numbers.includes(keyword)) must(typeof value === "number", "a number");
    else if (keyword === "multipleOf") must(typeof value === "number" && value > 0, "a number above 0");
    else if (keyword === "pattern") mustBePattern(value, here);
    else if (/^\$.*ref$/i.test(keyword)) {
      must(keyword === "$ref" && typeof value === "string" && value.startsWith("#"), "a $ref within the schema (#…)");
      must(leadsSomewhere(references.root, value as string), "a $ref to a part of the schema that exists");
      must(++references.count <= maxReferences, `one of at most ${maxReferences} references`);
    } else if (keyword === "$id" || keyword === "id") must(level === 0, "at the top alone");
  }
}

/** Of pointers; an anchor that does not exist is found when it is used. */
function leadsSomewhere(root: object | boolean, reference: string): boolean {
  if (!reference.startsWith("#/")) return true;
  let part: unknown = root;
  for (const level of reference.slice(2).split("/")) {
    const key = level.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, key)) return false;
    part = (part as Record<string, unknown>)[key];
  }
  return true;
}

function mustBePattern(pattern: unknown, at: string): void {
  try {
    if (typeof pattern === "string" && pattern.length <= maxPatternLength && new RegExp(pattern, "u")) return;
  } catch {
    // Told like any other fault.
  }
  throw new Fault(`${at}: must be a regular expression of at most ${maxPatternLength} characters`);
}
