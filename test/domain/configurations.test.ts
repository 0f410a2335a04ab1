// What models and tags desire, laid over one another and carried into what is desired of a device; schemas of it.
import { array, assert, constantFrom, letrec, oneof, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { layered, layerPatch } from "../../src/domain/configurations/layers.ts";
import { type Check, readCheck, schemaFault } from "../../src/domain/configurations/schema.ts";
import { emptySections, isSame, type Value, type Values } from "../../src/domain/shadow/document.ts";
import { applyUpdate } from "../../src/domain/shadow/update.ts";

/** What is desired after the layers went from `before` to `after`. */
function carried(before: Values, after: Values, present: Values): Values {
  const start = applyUpdate(emptySections, { desired: present }, 1);
  return applyUpdate(start, { desired: layerPatch(before, after, present) }, 2).desired?.values ?? {};
}

const key = constantFrom("a", "b", "c", "__proto__");
const { values } = letrec<{ value: Value; values: Values }>((tie) => ({
  value: oneof({ depthSize: "small" }, constantFrom<Value>(1, 2, "x", true, [1], []), tie("values")),
  values: array(tuple(key, tie("value")), { maxLength: 3 }).map((entries) => {
    const record = Object.create(null) as Values;
    for (const [name, value] of entries) record[name] = value;
    return record;
  }),
}));

/** Without objects that hold nothing, which the last value of a layer takes along. */
function leaves(of: Values, path = ""): [string, Value][] {
  return Object.entries(of).flatMap(([name, value]): [string, Value][] =>
    typeof value === "object" && !Array.isArray(value)
      ? leaves(value, `${path}/${name}`)
      : [[`${path}/${name}`, value]],
  );
}

describe("layers", () => {
  it("lie over one another: objects go into one another, null removes, everything else replaces", () => {
    const model = { led: "on", wifi: { ssid: "a", channel: 1 }, list: [1, 2] };
    expect(layered([model, { wifi: { channel: 6 }, list: [3], led: null }])).toEqual({
      wifi: { ssid: "a", channel: 6 },
      list: [3],
    });
  });

  it.each([
    ["a new value is set", {}, { a: 1 }, {}, { a: 1 }],
    ["one of the device's own stays", {}, { a: 1 }, { a: 5 }, { a: 5 }],
    ["a changed value follows", { a: 1 }, { a: 2 }, { a: 1, own: 3 }, { a: 2, own: 3 }],
    ["what was set on the device stays", { a: 1 }, { a: 2 }, { a: 5 }, { a: 5 }],
    ["what was removed on the device stays removed", { a: 1 }, { a: 2 }, {}, {}],
    ["a value that is gone is removed", { a: 1, b: { c: 1 } }, { a: 1 }, { a: 1, b: { c: 1 } }, { a: 1 }],
    ["but not one of the device's own", { a: 1 }, {}, { a: 5 }, { a: 5 }],
    [
      "objects are gone into",
      { w: { x: 1, y: 1 } },
      { w: { x: 2 } },
      { w: { x: 1, y: 7, z: 8 } },
      { w: { x: 2, y: 7, z: 8 } },
    ],
    ["an object takes the place of a value", { a: 1 }, { a: { b: 1 } }, { a: 1 }, { a: { b: 1 } }],
    ["and a value that of an object", { a: { b: 1 } }, { a: 1 }, { a: { b: 1 } }, { a: 1 }],
  ])("%s", (_, before, after, present, expected) => {
    expect(carried(before as unknown as Values, after as unknown as Values, present as unknown as Values)).toEqual(
      expected,
    );
  });

  it("a device that has nothing of its own always has what the layers come to", () => {
    assert(
      property(array(values, { minLength: 1, maxLength: 5 }), (steps) => {
        let [before, present]: [Values, Values] = [{}, {}];
        for (const after of steps) {
          present = carried(before, after, present);
          before = after;
        }
        expect(leaves(present).toSorted()).toEqual(leaves(before).toSorted());
      }),
      { seed: 7 },
    );
  });

  it("what the device has and the layers never gave stays, whatever they do; the same layers change nothing", () => {
    assert(
      property(values, values, values, (before, after, own) => {
        expect(layerPatch(before, before, own)).toEqual({});
        const present = carried(before, after, { ...before, own: { of: own } });
        expect(isSame(present["own"], { of: own })).toBe(true);
      }),
      { seed: 7 },
    );
  });
});

/** References that double at each level. */
function branching(levels: number): object {
  const twice = (i: number) => ({ allOf: [{ $ref: `#/$defs/l${i + 1}` }, { $ref: `#/$defs/l${i + 1}` }] });
  return { $defs: Object.fromEntries([...Array(levels + 1).keys()].map((i) => [`l${i}`, i < levels ? twice(i) : {}])) };
}

const keys = (count: number) => Object.fromEntries([...Array(count).keys()].map((i) => [`k${i}`, i]));
const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
const texts = (count: number) => ({
  properties: { a: { allOf: [...Array(count).keys()].map((i) => ({ pattern: `^[a-z]*$|^${i}$` })) } },
});
const patterns = (count: number) => ({
  patternProperties: Object.fromEntries([...Array(count).keys()].map((i) => [`^k.*x${i}$`, false])),
});

function checkOf(schema: object): Check {
  const read = readCheck(schema);
  if ("fault" in read) throw new Error(read.fault);
  return read.check;
}

describe("schemas", () => {
  const schema = {
    type: "object",
    properties: { led: { enum: ["on", "off"] }, wifi: { properties: { channel: { type: "integer", maximum: 13 } } } },
    additionalProperties: false,
  };

  it("say where a document does not fit, and why", () => {
    const check = checkOf(schema);
    expect(check({ led: "on", wifi: { channel: 6 } })).toBeNull();
    expect(check({ led: "red" })).toMatch(/^\/led: /);
    expect(check({ wifi: { channel: 14 } })).toMatch(/^\/wifi\/channel: 14 is greater/);
    expect(check({ other: 1 })).toMatch(/^\/other: /);
  });

  it.each([
    [{ type: "objekt" }, /^#\/type: must be of null/],
    [{ properties: { a: 1 } }, /^#\/properties\/a: must be a schema/],
    [{ required: "a" }, /^#\/required: must be a list/],
    [{ properties: { a: { pattern: "(" } } }, /^#\/properties\/a\/pattern: must be a regular expression/],
    [{ $ref: "#" }, /refers to itself without end/],
    [
      { properties: { a: { $ref: "#/$defs/b" } } },
      /^#\/properties\/a\/\$ref: must be a \$ref to a schema within this one/,
    ],
    [{ properties: { a: { $ref: "#b" } } }, /must be a \$ref to a schema within this one/],
    [{ hidden: { pattern: "^(a+)+$" }, $ref: "#/hidden" }, /must be a \$ref to a schema within this one/],
    [{ properties: { a: { not: { $ref: "#/properties/a" } } } }, /refers to itself without end/],
    [{ properties: { a: { pattern: "^(a+)+$" } } }, /^#\/properties\/a\/pattern: could take very long/],
    [{ patternProperties: { "a*b": true } }, /^#\/patternProperties: could take very long/],
    [{ propertyNames: { pattern: "(?!a)b" } }, /^#\/propertyNames\/pattern: must do without/],
    [{ dependencies: { a: { pattern: "^(a+)+$" } } }, /^#\/dependencies\/a\/pattern: could take very long/],
    [{ properties: { a: { format: "url" } } }, /^#\/properties\/a\/format: must be "uri"/],
    [branching(10), /^#\/\$defs\/l0: has one value checked against more than 500 schemas: refer to fewer/],
    [{ properties: { a: { $ref: "https://example.com/a" } } }, /must be a \$ref within the schema/],
    [{ $schema: "http://json-schema.org/draft-04/schema#" }, /^#\/\$schema: must be that of draft 2020-12/],
    [{ description: "x".repeat(9000) }, /more than 8192 bytes/],
    [JSON.parse('{"not":'.repeat(20) + "true" + "}".repeat(20)), /more than 16 levels/],
  ])("are refused when they are none: %j", (faulty, fault) => {
    expect(schemaFault(faulty)).toMatch(fault);
  });

  it.each<[string, object, object[], object[]]>([
    [
      "that lead back to the top",
      { additionalProperties: { allOf: Array.from({ length: 8 }, () => ({ $ref: "#" })) } },
      [deep(5)],
      [deep(2)],
    ],
    ["that branch", { ...branching(6), additionalProperties: { $ref: "#/$defs/l0" } }, [keys(600)], [keys(40)]],
    [
      "of items",
      { properties: { l: { uniqueItems: true } } },
      [{ l: [...Array(3000).keys()] }],
      [{ l: [...Array(900).keys()] }],
    ],
    ["of texts", texts(99), [{ a: "a".repeat(8000) }], [{ a: "a".repeat(99) }]],
    ["of names", patterns(99), [keys(900)], [keys(20)]],
    [
      "of lists of names",
      { properties: { l: { contains: { required: [...Array(999).keys()].map(String) } } } },
      [{ l: Array.from({ length: 2500 }, () => ({})) }],
      [],
    ],
  ])("take a bounded number of steps %s", (_, given, [large], [small]) => {
    const check = checkOf(given);
    expect(check(large as object)).toBe("/: the schema cannot be evaluated: it takes too long for this document");
    if (small) expect(check(small)).toBeNull();
    expect(check({})).toBeNull();
  });

  it("are taken in both drafts", () => {
    expect(schemaFault({ ...schema, $schema: "http://json-schema.org/draft-07/schema#" })).toBeNull();
    expect(schemaFault({ $defs: { a: { type: "string" } }, properties: { b: { $ref: "#/$defs/a" } } })).toBeNull();
    expect(
      schemaFault({ $defs: { "a/b": { $anchor: "c" } }, allOf: [{ $ref: "#/$defs/a~1b" }, { $ref: "#c" }] }),
    ).toBeNull();
    expect(
      schemaFault({ properties: { pattern: { const: { pattern: "^(a+)+$" } }, $recursiveAnchor: {} } }),
    ).toBeNull();
    expect(schemaFault(true)).toBeNull();
  });
});
