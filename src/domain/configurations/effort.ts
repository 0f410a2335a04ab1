// Bounds what one check of a document may cost, whatever the schema: the schemas that it visits are counted, each with what its keywords
// cost at most for a document of that size. Some 20 ms at worst.
import { isRecord } from "../shadow/document.ts";

/** About as many microseconds. */
const maxEffort = 20_000;

export class TooMuchEffort extends Error {}

/** The largest of what a document has. */
interface Sizes {
  text: number;
  list: number;
  /** Of one object: keys, and their characters. */
  keys: number;
  keyText: number;
}

export class Effort {
  readonly #ways: ReadonlyMap<string, number>;
  /** In this check, about microseconds. */
  spent = 0;
  #sizes: Sizes = { text: 0, list: 0, keys: 0, keyText: 0 };

  /** `ways`: of each pattern, those that are tried at a character. */
  constructor(ways: ReadonlyMap<string, number>) {
    this.#ways = ways;
  }

  /** Counts the visits of this schema and of all within it. */
  watch(schema: unknown): void {
    if (typeof schema !== "object" || schema === null) return;
    for (const inner of Object.values(schema)) this.watch(inner);
    if (!isRecord(schema) || isRecord(schema["$recursiveAnchor"])) return;
    const costOf = costFor(schema, this.#ways);
    // The validator reads each keyword that it knows whenever it visits a schema; this one is of neither draft.
    Object.defineProperty(schema, "$recursiveAnchor", { get: () => this.#spend(costOf(this.#sizes)) });
  }

  /** For one check. */
  begin(document: unknown): void {
    this.spent = 0;
    this.#sizes = { text: 0, list: 0, keys: 0, keyText: 0 };
    this.#measure(document);
  }

  #measure(value: unknown): void {
    const sizes = this.#sizes;
    if (typeof value === "string") sizes.text = Math.max(sizes.text, value.length);
    if (typeof value !== "object" || value === null) return;
    const keys = Array.isArray(value) ? [] : Object.keys(value);
    if (Array.isArray(value)) sizes.list = Math.max(sizes.list, value.length);
    sizes.keys = Math.max(sizes.keys, keys.length);
    sizes.keyText = Math.max(sizes.keyText, keys.join("").length);
    sizes.text = Math.max(sizes.text, ...keys.map(({ length }) => length));
    for (const inner of Object.values(value)) this.#measure(inner);
  }

  #spend(cost: number): undefined {
    this.spent += cost;
    if (this.spent > maxEffort) throw new TooMuchEffort("it takes too long for this document");
  }
}

/** What a visit costs at most. */
function costFor(schema: Record<string, unknown>, waysOf: ReadonlyMap<string, number>): (sizes: Sizes) => number {
  const listed = ["enum", "const", "required", "dependentRequired", "dependencies"];
  const bytes = listed.reduce((sum, keyword) => sum + (JSON.stringify(schema[keyword])?.length ?? 0), 0);
  const fixed = 1 + bytes / 16 + keysOf(schema["properties"]).length / 16;
  const ways = waysOf.get(schema["pattern"] as string) ?? 0;
  const keyWays = keysOf(schema["patternProperties"]).map((pattern) => waysOf.get(pattern) ?? 0);
  const allKeyWays = keyWays.reduce((sum, each) => sum + each, 0);
  const isUnique = schema["uniqueItems"] ? 1 : 0;
  const readsText = ["format", "minLength", "maxLength"].some((keyword) => keyword in schema) ? 1 : 0;
  return ({ text, list, keys, keyText }) =>
    fixed +
    (text * (ways + readsText)) / 64 +
    (keyText * allKeyWays) / 64 +
    (keys * keyWays.length) / 8 +
    (isUnique * list * list) / 64;
}

function keysOf(value: unknown): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}
