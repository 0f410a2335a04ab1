import { array, assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { hasChanged, holds } from "../../src/domain/rules/edge.ts";

type Condition = Parameters<typeof holds>[0];

/** How often a rule fires for these values in a row. */
function firings(condition: Condition, values: Iterable<number | boolean | string>): number {
  let held = false;
  let count = 0;
  for (const value of values) {
    const isHeld = holds(condition, value, held);
    if (isHeld && !held) count++;
    held = isHeld;
  }
  return count;
}

const noHysteresis = { hysteresis: 0 };

describe("a threshold", () => {
  it.each([
    ["above", 30, [29, 30, 31, 35, 30, 31], 2],
    ["below", 0, [1, 0, -1, -5, 0, -1], 2],
    ["equal", true, [false, true, true, false, true], 2],
    ["equal", "open", ["shut", "open", "open", "ajar", "open"], 2],
    ["notEqual", "ok", ["ok", "fault", "worse", "ok", "fault"], 2],
    ["equal", 1, [0, true, "1", 1], 1],
  ] as const)("%s %s fires when it is crossed, not while it is exceeded", (is, value, values, times) => {
    expect(firings({ is, value, ...noHysteresis }, values)).toBe(times);
  });

  it("is crossed again only after the value has come back by the hysteresis", () => {
    const above = { is: "above", value: 30, hysteresis: 2 } as const;
    expect(firings(above, [31, 29, 31, 28.1, 31])).toBe(1);
    expect(firings(above, [31, 28, 31])).toBe(2);
    expect(firings({ is: "below", value: 5, hysteresis: 1 }, [4, 5.9, 4, 6, 4])).toBe(2);
  });

  it("is not crossed by values of another type", () => {
    expect(holds({ is: "above", value: 1, hysteresis: 0 }, "9", true)).toBe(true);
    expect(holds({ is: "above", value: 1, hysteresis: 0 }, true, false)).toBe(false);
  });

  it("is crossed once at most while values stay within the hysteresis, and as often below as above when mirrored", () => {
    const number = integer({ min: -1000, max: 1000 }).map((n) => n / 10);
    const hysteresis = integer({ min: 0, max: 300 }).map((n) => n / 10);
    assert(
      property(number, hysteresis, array(number, { maxLength: 50 }), (value, by, values) => {
        const above = { is: "above", value, hysteresis: by } as const;
        const times = firings(above, values);
        const near = values.filter((each) => each > value - by);
        expect(firings(above, near)).toBeLessThanOrEqual(1);
        const mirrored = { is: "below", value: -value, hysteresis: by } as const;
        const negated = values.map((each) => -each);
        expect(firings(mirrored, negated)).toBe(times);
        expect(times).toBeLessThanOrEqual(firings({ ...above, hysteresis: 0 }, values));
        // Each time but the first, something came back between.
        expect(values.filter((each) => each <= value - by).length).toBeGreaterThanOrEqual(times - 1);
      }),
      { seed: 4711, numRuns: 500 },
    );
  });
});

describe("a change", () => {
  it("is from one known value to another, by more than is to be ignored", () => {
    expect(hasChanged(null, 1, 0)).toBe(false);
    expect(hasChanged(1, 1, 0)).toBe(false);
    expect(hasChanged(1, 1.5, 0.5)).toBe(false);
    expect(hasChanged(1, 1.6, 0.5)).toBe(true);
    expect(hasChanged("a", "b", 0)).toBe(true);
    expect(hasChanged(1, "1", 0)).toBe(true);
  });
});
