// What models and tags desire, laid over one another and carried into what is desired of a device; schemas of it.
import { array, assert, constantFrom, letrec, oneof, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { layered, layerPatch } from "../../src/domain/configurations/layers.ts";
import { checkOf, schemaFault } from "../../src/domain/configurations/schema.ts";
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
    [{ properties: { a: { $ref: "#/$defs/b" } } }, /must be a \$ref to a part of the schema that exists/],
    [{ properties: { a: { $ref: "https://example.com/a" } } }, /must be a \$ref within the schema/],
    [{ $schema: "http://json-schema.org/draft-04/schema#" }, /^#\/\$schema: must be that of draft 2020-12/],
    [{ description: "x".repeat(9000) }, /more than 8192 bytes/],
    [JSON.parse('{"not":'.repeat(20) + "true" + "}".repeat(20)), /more than 16 levels/],
  ])("are refused when they are none: %j", (faulty, fault) => {
    expect(schemaFault(faulty)).toMatch(fault);
  });

  it("are taken in both drafts", () => {
    expect(schemaFault({ ...schema, $schema: "http://json-schema.org/draft-07/schema#" })).toBeNull();
    expect(schemaFault({ $defs: { a: { type: "string" } }, properties: { b: { $ref: "#/$defs/a" } } })).toBeNull();
    expect(schemaFault(true)).toBeNull();
  });
});
