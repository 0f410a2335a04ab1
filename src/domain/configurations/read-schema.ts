// What a JSON Schema must be like to be taken: its draft, its keywords, references that lead somewhere and not to too much, patterns
// that are quickly tried.
import { isRecord } from "../shadow/document.ts";
import { Search, waysOf } from "./pattern.ts";
import { PatternFault } from "./read-pattern.ts";

export type Draft = "2020-12" | "7";

const drafts: Record<string, Draft> = {
  "https://json-schema.org/draft/2020-12/schema": "2020-12",
  "http://json-schema.org/draft-07/schema": "7",
};
/** Schemas within one another. */
const maxSchemaLevels = 16;
const maxReferences = 32;
/** Schemas that hold for one value, by way of references and combinations; each takes about a microsecond. */
const maxAtOnce = 500;

const types = ["null", "boolean", "object", "array", "number", "integer", "string"];
const one = ["not", "if", "then", "else", "contains", "additionalProperties", "propertyNames", "additionalItems"];
const oneMore = ["unevaluatedProperties", "unevaluatedItems", "items"];
const many = ["allOf", "anyOf", "oneOf", "prefixItems"];
const named = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];
const counts = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains"];
const numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
/** Keywords whose schemas hold for the same value. */
const sameValue = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"];

export class SchemaFault extends Error {}

export type Schema = Record<string, unknown> | boolean;

/** Its draft, and its patterns with the ways that each has (see waysOf). Throws SchemaFault. */
export function readSchema(schema: unknown): { draft: Draft; ways: ReadonlyMap<string, number> } {
  const reading = new Reading();
  reading.walk(schema, "#", 0);
  reading.checkReferences();
  return { draft: draftOf(schema), ways: reading.ways };
}

function draftOf(schema: unknown): Draft {
  const uri = isRecord(schema) ? schema["$schema"] : undefined;
  if (uri === undefined) return "2020-12";
  const draft = typeof uri === "string" ? drafts[uri.replace(/#$/, "")] : undefined;
  if (!draft) throw new SchemaFault("#/$schema: must be that of draft 2020-12 or of draft-07");
  return draft;
}

class Reading {
  /** By pointer, and those with an anchor by that. */
  readonly #schemas = new Map<string, Schema>();
  readonly #references: { from: Schema; to: string; at: string }[] = [];
  readonly #search = new Search();
  readonly ways = new Map<string, number>();

  walk(schema: unknown, at: string, level: number): void {
    if (typeof schema !== "boolean" && !isRecord(schema)) {
      throw new SchemaFault(`${at}: must be a schema: an object, true or false`);
    }
    if (level > maxSchemaLevels) throw new SchemaFault(`${at}: has more than ${maxSchemaLevels} levels`);
    this.#schemas.set(at, schema);
    if (schema === true || schema === false) return;
    for (const [keyword, value] of Object.entries(schema)) this.#keyword(schema, { keyword, value, at, level });
  }

  #keyword(
    schema: Schema,
    { keyword, value, at, level }: { keyword: string; value: unknown; at: string; level: number },
  ): void {
    const here = `${at}/${keyword}`;
    const inner = (each: unknown, where: string) => this.walk(each, where, level + 1);
    const must = (holds: boolean, what: string) => {
      if (!holds) throw new SchemaFault(`${here}: must be ${what}`);
    };
    if (keyword === "items" && Array.isArray(value)) value.forEach((each, i) => inner(each, `${here}/${i}`));
    else if (one.includes(keyword) || oneMore.includes(keyword)) inner(value, here);
    else if (many.includes(keyword)) {
      must(Array.isArray(value) && value.length > 0, "a list of schemas");
      (value as unknown[]).forEach((each, i) => inner(each, `${here}/${i}`));
    } else if (named.includes(keyword)) {
      must(isRecord(value), "an object of schemas");
      for (const [name, each] of Object.entries(value as object)) {
        if (keyword === "dependencies" && Array.isArray(each)) continue;
        if (keyword === "patternProperties") this.#pattern(name, here);
        inner(each, `${here}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
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
    else if (keyword === "pattern") this.#pattern(value, here);
    else if (keyword === "format") must(value !== "url", '"uri", as the standard calls it');
    else if (keyword === "$anchor") this.#schemas.set(`#${String(value)}`, schema);
    else if (/^\$.*ref$/i.test(keyword)) {
      must(keyword === "$ref" && typeof value === "string" && value.startsWith("#"), "a $ref within the schema (#…)");
      this.#references.push({ from: schema, to: value as string, at: here });
      must(this.#references.length <= maxReferences, `one of at most ${maxReferences} references`);
    } else if (keyword === "$id" || keyword === "id") must(level === 0, "at the top alone");
  }

  #pattern(pattern: unknown, at: string): void {
    try {
      this.ways.set(pattern as string, waysOf(pattern, this.#search));
    } catch (error) {
      throw error instanceof PatternFault ? new SchemaFault(`${at}: ${error.message}`) : error;
    }
  }

  checkReferences(): void {
    const targets = new Map<Schema, Schema>();
    for (const { from, to, at } of this.#references) {
      const target = this.#schemas.get(to) ?? this.#schemas.get(unescaped(to));
      if (target === undefined) throw new SchemaFault(`${at}: must be a $ref to a schema within this one that exists`);
      targets.set(from, target);
    }
    const sizes = new Map<Schema, number>();
    for (const [at, schema] of this.#schemas) checkSize(schema, at, targets, sizes);
  }
}

/** How many schemas hold for a value for which this one does. */
function checkSize(
  schema: Schema,
  at: string,
  targets: ReadonlyMap<Schema, Schema>,
  sizes: Map<Schema, number>,
): number {
  if (typeof schema === "boolean") return 1;
  const known = sizes.get(schema);
  if (known !== undefined) return known;
  sizes.set(schema, Infinity);
  const parts = sameValue.flatMap((keyword) => {
    const value = schema[keyword];
    return Array.isArray(value) ? value : keyword.startsWith("depend") ? Object.values(value ?? {}) : [value];
  });
  let size = 1;
  for (const part of [...parts, targets.get(schema)]) {
    if (part !== undefined && !Array.isArray(part)) size += checkSize(part as Schema, at, targets, sizes);
  }
  if (size === Infinity) throw new SchemaFault(`${at}: refers to itself without end`);
  if (size > maxAtOnce) {
    throw new SchemaFault(`${at}: has one value checked against more than ${maxAtOnce} schemas: refer to fewer`);
  }
  sizes.set(schema, size);
  return size;
}

function unescaped(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}
