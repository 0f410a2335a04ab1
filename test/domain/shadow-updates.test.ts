import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constantFrom,
  dictionary,
  integer,
  letrec,
  oneof,
  property,
} from "fast-check";
import { describe, expect, it } from "vitest";
import { emptySections, isSame, type Sections, type Values } from "../../src/domain/shadow/document.ts";
import { type Patch, readUpdate } from "../../src/domain/shadow/request.ts";
import { applyUpdate, deltaOf, patchTo } from "../../src/domain/shadow/update.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a chain of updates leads to, each a second after the one before. */
function after(...updates: { desired?: Patch | null; reported?: Patch | null }[]): Sections {
  return updates.reduce<Sections>((sections, update, index) => applyUpdate(sections, update, index + 1), emptySections);
}

describe("an update", () => {
  it.each<[string, Parameters<typeof after>, Partial<Record<"desired" | "reported", Values>>]>([
    ["sets values", [{ desired: { a: 1 }, reported: { b: "x" } }], { desired: { a: 1 }, reported: { b: "x" } }],
    ["leaves what it does not name", [{ desired: { a: 1, b: 2 } }, { desired: { b: 3 } }], { desired: { a: 1, b: 3 } }],
    [
      "goes into objects",
      [{ desired: { a: { b: 1, c: { d: 2 } } } }, { desired: { a: { c: { e: 3 } } } }],
      { desired: { a: { b: 1, c: { d: 2, e: 3 } } } },
    ],
    ["replaces arrays whole", [{ desired: { a: [1, 2, 3] } }, { desired: { a: [4] } }], { desired: { a: [4] } }],
    [
      "replaces a value by an object",
      [{ desired: { a: 1 } }, { desired: { a: { b: 2 } } }],
      { desired: { a: { b: 2 } } },
    ],
    ["replaces an object by a value", [{ desired: { a: { b: 2 } } }, { desired: { a: 1 } }], { desired: { a: 1 } }],
    [
      "replaces an array by an object",
      [{ desired: { a: [1] } }, { desired: { a: { b: 2 } } }],
      { desired: { a: { b: 2 } } },
    ],
    [
      "removes a key that is null",
      [{ desired: { a: 1, b: { c: 2, d: 3 } } }, { desired: { a: null, b: { c: null } } }],
      { desired: { b: { d: 3 } } },
    ],
    ["stores no null of a new object", [{ desired: { a: { b: null, c: 1 } } }], { desired: { a: { c: 1 } } }],
    [
      "removes a section that is null",
      [{ desired: { a: 1 }, reported: { a: 1 } }, { desired: null }],
      { reported: { a: 1 } },
    ],
    ["removes a section that becomes empty", [{ desired: { a: 1 } }, { desired: { a: null } }], {}],
  ])("%s", (_, updates, wanted) => {
    const { desired, reported } = after(...updates);
    expect({ desired: desired?.values, reported: reported?.values }).toEqual({
      desired: wanted.desired,
      reported: wanted.reported,
    });
  });

  it("stamps what it names, and each item of an array", () => {
    const { desired } = after(
      { desired: { a: 1, b: { c: 1, d: 1 }, e: [1, { f: 1 }] } },
      { desired: { b: { d: 2 }, a: 1 } },
    );
    expect(desired?.stamps).toEqual({ a: 2, b: { c: 1, d: 2 }, e: [1, { f: 1 }] });
  });

  it("that changes no value gives back the very sections", () => {
    const sections = after({ desired: { a: { b: [1] } }, reported: { c: 1 } });
    const idle: Parameters<typeof after> = [
      {},
      { desired: { a: { b: [1] } } },
      { desired: {} },
      { reported: { x: null } },
    ];
    for (const state of idle) {
      expect(applyUpdate(sections, state, 9)).toBe(sections);
    }
    expect(applyUpdate(sections, { reported: { c: "1" } }, 9)).not.toBe(sections);
  });

  it("keeps keys that mean something to JavaScript as plain keys", () => {
    const patch = readUpdate(bytes('{"state":{"desired":{"__proto__":{"x":1},"constructor":2,"toString":3}}}')).state;
    const { desired } = applyUpdate(emptySections, patch, 1);
    expect(JSON.stringify(desired?.values)).toBe('{"__proto__":{"x":1},"constructor":2,"toString":3}');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const same = applyUpdate({ desired, reported: null }, { reported: patch.desired }, 2);
    expect(deltaOf(same)).toBeNull();
    expect(JSON.stringify(deltaOf({ desired, reported: null })?.values)).toContain("__proto__");
  });
});

describe("the delta", () => {
  it.each<[string, Values, Values, Values | null]>([
    ["is what differs, with the path to it", { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { a: { c: 2 } }],
    ["has what is not reported", { a: 1, b: 2 }, { a: 1 }, { b: 2 }],
    ["has nothing that is reported alone", { a: 1 }, { a: 1, b: 2 }, null],
    ["has arrays whole", { a: [1, 2] }, { a: [1, 3] }, { a: [1, 2] }],
    ["knows the order of arrays", { a: [1, 2] }, { a: [2, 1] }, { a: [1, 2] }],
    ["tells values of different kinds apart", { a: 1, b: {} }, { a: "1", b: [] }, { a: 1, b: {} }],
    ["has an object in place of a value", { a: { b: 1 } }, { a: 1 }, { a: { b: 1 } }],
    ["says nothing of an object that lacks nothing", { a: { b: 1 } }, { a: { b: 1, c: 2 } }, null],
  ])("%s", (_, desired, reported, wanted) => {
    const delta = deltaOf(after({ desired, reported }));
    expect(delta?.values ?? null).toEqual(wanted);
  });

  it("has the stamps of what is desired", () => {
    const sections = after(
      { desired: { a: { b: 1, c: 1 }, d: [1, 2] } },
      { desired: { a: { b: 2 } }, reported: { a: { c: 1 } } },
    );
    expect(deltaOf(sections)?.stamps).toEqual({ a: { b: 2 }, d: [1, 1] });
  });
});

const value = letrec<{ value: unknown; record: Record<string, unknown> }>((tie) => ({
  value: oneof(
    { maxDepth: 3 },
    integer({ min: 0, max: 2 }),
    boolean(),
    array(integer({ min: 0, max: 1 }), { maxLength: 2 }),
    tie("record"),
  ),
  record: dictionary(constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
}));
const values = value.record as Arbitrary<Values>;

describe("whatever the values", () => {
  it("reporting the delta leaves none", () => {
    assert(
      property(values, values, (desired, reported) => {
        const sections = applyUpdate(emptySections, { desired, reported }, 1);
        const delta = deltaOf(sections);
        const settled = delta ? applyUpdate(sections, { reported: delta.values }, 2) : sections;
        expect(deltaOf(settled)).toBeNull();
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("the patch to an earlier state leads there, and only names what differs", () => {
    assert(
      property(values, values, (present, wanted) => {
        const before = applyUpdate(emptySections, { desired: present }, 1);
        const patch = patchTo(before.desired?.values ?? {}, wanted);
        expect(applyUpdate(before, { desired: patch }, 2).desired?.values ?? {}).toEqual(wanted);
        expect(Object.keys(patch).length === 0).toBe(isSame(before.desired?.values ?? {}, wanted));
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it("stamps have the shape of the values", () => {
    const shape = (of: unknown): unknown => {
      if (Array.isArray(of)) return of.map(shape);
      if (typeof of !== "object" || of === null) return 0;
      return Object.fromEntries(Object.entries(of).map(([key, inner]) => [key, shape(inner)]));
    };
    assert(
      property(values, values, (first, second) => {
        const { desired } = after({ desired: first }, { desired: second });
        if (desired) expect(shape(desired.stamps)).toEqual(shape(desired.values));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
