// Patterns of schemas: which are taken, and that none of those can keep a backtracking engine busy.
import { array, assert, constantFrom, integer, letrec, nat, oneof, pre, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { waysOf } from "../../src/domain/configurations/pattern.ts";
import { PatternFault } from "../../src/domain/configurations/read-pattern.ts";

/** The engine counts each character that it tries, and each end. */
type Tree =
  | { kind: "one"; source: string; takes: string }
  | { kind: "all"; of: Tree[] }
  | { kind: "any"; of: Tree[] }
  | { kind: "times"; of: Tree; min: number; max: number };

const ones = constantFrom<Tree>(
  { kind: "one", source: "a", takes: "a" },
  { kind: "one", source: "b", takes: "b" },
  { kind: "one", source: "[ab]", takes: "ab" },
  { kind: "one", source: "[^a]", takes: "bcé" },
  { kind: "one", source: ".", takes: "abcé" },
  { kind: "one", source: "é", takes: "é" },
);
const { tree } = letrec<{ tree: Tree }>((tie) => ({
  tree: oneof(
    { depthSize: "small", withCrossShrink: true },
    ones,
    record({ kind: constantFrom("all" as const), of: array(tie("tree"), { maxLength: 4 }) }),
    record({ kind: constantFrom("any" as const), of: array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
    record({
      of: tie("tree"),
      range: constantFrom([0, 1], [0, Infinity], [1, Infinity], [2, 2], [1, 3], [2, Infinity]),
    }).map(({ of, range: [min, max] }): Tree => ({ kind: "times", of, min: min as number, max: max as number })),
  ),
}));

function sourceOf(node: Tree): string {
  if (node.kind === "one") return node.source;
  if (node.kind === "all") return node.of.map((each) => `(?:${sourceOf(each)})`).join("");
  if (node.kind === "any") return `(?:${node.of.map(sourceOf).join("|")})`;
  return `(?:${sourceOf(node.of)}){${node.min},${node.max === Infinity ? "" : node.max}}`;
}

/** Tries one way after another, as engines do. Returns how many characters and ends it tried; more than `most`: Infinity. */
function triedBy(
  node: Tree,
  { isAnchored, endsText }: { isAnchored: boolean; endsText: boolean },
  text: string,
  most: number,
): number {
  let tried = 0;
  const run = (each: Tree, at: number, then: (at: number) => boolean): boolean => {
    if (tried > most) return true;
    if (each.kind === "one") {
      tried++;
      return at < text.length && each.takes.includes(text[at] as string) && then(at + 1);
    }
    if (each.kind === "any") return each.of.some((choice) => run(choice, at, then));
    if (each.kind === "all") {
      const from = (i: number, here: number): boolean =>
        i === each.of.length ? then(here) : run(each.of[i] as Tree, here, (next) => from(i + 1, next));
      return from(0, at);
    }
    const repeat = (count: number, here: number): boolean => {
      const again = (next: number): boolean => (next === here && count >= each.min ? false : repeat(count + 1, next));
      return (count < each.max && run(each.of, here, again)) || (count >= each.min && then(here));
    };
    return repeat(0, at);
  };
  const end = (at: number): boolean => {
    tried++;
    return !endsText || at === text.length;
  };
  for (let start = 0; start <= (isAnchored ? 0 : text.length); start++) if (run(node, start, end)) break;
  return tried > most ? Infinity : tried;
}

const texts = record({
  head: array(constantFrom("a", "b", "c", "é"), { maxLength: 3 }),
  loop: array(constantFrom("a", "b", "é"), { minLength: 1, maxLength: 3 }),
  times: nat(40),
  tail: array(constantFrom("a", "b", "c"), { maxLength: 2 }),
}).map(({ head, loop, times, tail }) =>
  [...head, ...Array.from({ length: times }, () => loop).flat(), ...tail].join(""),
);

describe("a pattern that is taken", () => {
  it("is tried in so many ways at each character at most, whatever the text", () => {
    const seen = { taken: 0, refused: 0 };
    assert(
      property(
        tree,
        constantFrom(true, false),
        constantFrom(true, false),
        array(texts, { minLength: 5, maxLength: 9 }),
        (node, isAnchored, endsText, many) => {
          const pattern = `${isAnchored ? "^" : ""}${sourceOf({ kind: "all", of: [node] })}${endsText ? "$" : ""}`;
          pre(pattern.length <= 256);
          let ways: number;
          try {
            ways = waysOf(pattern);
          } catch (error) {
            expect(error).toBeInstanceOf(PatternFault);
            seen.refused++;
            return;
          }
          seen.taken++;
          for (const text of many) {
            const most = ways * (text.length + 1);
            expect(triedBy(node, { isAnchored, endsText }, text, most), `${pattern} of ${text}`).toBeLessThanOrEqual(
              most,
            );
          }
        },
      ),
      { seed: 11, numRuns: 3000 },
    );
    expect(seen.taken).toBeGreaterThan(500);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it("may be long, as long as it is clear: the matcher that the tests count with finds the others", () => {
    const a: Tree = { kind: "one", source: "a", takes: "a" };
    const nested: Tree = { kind: "times", of: { kind: "times", of: a, min: 1, max: Infinity }, min: 1, max: Infinity };
    const how = { isAnchored: true, endsText: true };
    assert(
      property(integer({ min: 10, max: 16 }), (length) => {
        expect(triedBy(nested, how, `${"a".repeat(length)}c`, 1e6)).toBeGreaterThan(2 ** length);
      }),
      { seed: 11 },
    );
    expect(() => waysOf(`^${sourceOf(nested)}$`)).toThrow(/could take very long/);
  });

  it.each([
    "^(on|off)$",
    "on|off",
    "[a-z]{3}",
    "^S_",
    "\\.example$",
    "^.*\\.json$",
    "^[a-z]+(-[a-z]+)*$",
    "^#[0-9a-fA-F]{6}$",
    "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$",
    "^(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}$",
    "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$",
    "^[\\w.%+-]+@[\\w.-]+\\.[a-zA-Z]{2,}$",
    "^-?\\d+(?:\\.\\d{1,2})?$",
    "^(?<year>\\d{4})-\\d\\d-\\d\\d$|^$",
    "^https?://[^/]+(/[^/]*)*$",
    "^\\s*\\S+\\s*$",
    "^\\p{L}+\\u{1F600}?\\ud83d\\ude00$",
    "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "",
  ])("may be %s", (pattern) => {
    expect(waysOf(pattern)).toBeLessThanOrEqual(40);
  });
});

describe("a pattern is refused", () => {
  it.each([
    ["repetitions within one another", "^(a+)+$"],
    ["alternatives that take the same", "^(a|a)*$"],
    ["of different lengths", "^(a|aa)+$"],
    ["what may be empty, repeated", "^(a?b?)*$"],
    ["repetitions beside one another", "^a*a*a*a*b"],
    ["with something between that both take", "^.*a.*b$"],
    ["counted ones", "^(a{1,9}){1,9}$"],
    ["many that may be left out", `^${"a?".repeat(14)}${"a".repeat(14)}$`],
    ["alternatives that are empty", "^(?:|){30}$"],
    ["beyond ASCII", "^(é|[^x])*$"],
    ["begun anew at every character", "a*b"],
    ["in one of its alternatives", "^\\s+|\\s+$"],
  ])("%s", (_, pattern) => {
    expect(() => waysOf(pattern)).toThrow(/could take very long.*begin it with \^/);
  });

  it.each([
    ["(", /^must be a regular expression of at most 256/],
    ["a".repeat(257), /^must be a regular expression of at most 256/],
    ["^(?=a)b", /must do without .*back references/],
    ["^(a)\\1", /must do without .*back references/],
    ["^(?<a>a)\\k<a>", /must do without .*back references/],
    ["^a{1,2000}$", /^is too complicated: take fewer or smaller \{n,m\}/],
    ["^(((?:){999}){999}){999}$", /^is too complicated/],
  ])("%s", (pattern, fault) => {
    expect(() => waysOf(pattern)).toThrow(fault);
  });
});
