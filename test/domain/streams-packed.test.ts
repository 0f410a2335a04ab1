import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packSeries, unpackSeries } from "../../src/domain/streams/packed-series.ts";
import { addSlot, between, coarser, mergeSeries, type Series, type Slot } from "../../src/domain/streams/series.ts";

const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((whole) => whole / 100),
  fc.constantFrom(0, 1, -1, 0.1, 1e-7, 2 ** 48, 2 ** 53, -(2 ** 53), Number.MIN_VALUE, 1e300),
);

const slot = (index: number): fc.Arbitrary<Slot> =>
  fc.tuple(fc.array(finite, { minLength: 1, maxLength: 4 })).map(([values]) => slotOf(index, values));

function slotOf(index: number, values: number[]): Slot {
  // Zero without a sign, as a sum begins.
  const plain = values.map((value) => value + 0);
  return {
    index,
    count: plain.length,
    sum: plain.reduce((sum, value) => sum + value, 0),
    min: Math.min(...plain),
    max: Math.max(...plain),
  };
}

const series: fc.Arbitrary<Series> = fc
  .uniqueArray(fc.integer({ min: 0, max: 40_000_000 }), { maxLength: 30 })
  .chain((indexes) => fc.tuple(...indexes.toSorted((a, b) => a - b).map(slot)));

const packed = fc.record({
  streams: fc
    .dictionary(fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }), series, { maxKeys: 6 })
    .map((record) => new Map(Object.entries(record))),
  merged: fc
    .array(fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 2 ** 40 })))
    .map((days) => new Map(days)),
});

describe("packed series", () => {
  it("are read back as they were written, whole and stream by stream", () => {
    fc.assert(
      fc.property(packed, (given) => {
        const bytes = packSeries(given);
        expect(unpackSeries(bytes)).toEqual(given);
        for (const [name, one] of given.streams) {
          expect(unpackSeries(bytes, name)).toEqual({ streams: new Map([[name, one]]), merged: given.merged });
        }
        expect(unpackSeries(bytes, "\0").streams.size).toBe(0);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it("are refused when they are cut off anywhere", () => {
    const bytes = packSeries({
      streams: new Map([["t", [slotOf(1, [0.1, 1 / 3]), slotOf(2, [5])]]]),
      merged: new Map([[20_000, 7]]),
    });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => unpackSeries(bytes.subarray(0, length)), `${length} bytes`).toThrow();
    }
  });

  it("take few bytes: an hour of five streams, a value every ten seconds with one decimal, below 4 KB", () => {
    const streams = new Map<string, Series>();
    for (const name of ["temperature", "humidity", "pressure", "light", "battery"]) {
      const minutes = Array.from({ length: 60 }, (_, i) =>
        slotOf(29_000_000 + i, [21.5, 21.6, 21.6, 21.7, 21.6, 21.5]),
      );
      streams.set(name, minutes);
    }
    expect(packSeries({ streams, merged: new Map() }).length).toBeLessThan(4096);
  });

  it("of the largest hour there may be fit a row", () => {
    const streams = new Map<string, Series>();
    for (let i = 0; i < 300; i++) {
      const minutes = Array.from({ length: 60 }, (_, minute) => slotOf(29_000_000 + minute, [Math.PI, -Math.E, 1e300]));
      streams.set(`${i}`.padEnd(64, "ß"), minutes);
    }
    expect(packSeries({ streams, merged: new Map() }).length).toBeLessThan(1_000_000);
  });
});

describe("series", () => {
  const slots = fc.array(fc.integer({ min: 0, max: 20 }).chain(slot), { maxLength: 30 });
  const total = (all: Series) => all.reduce((sum, { count }) => sum + count, 0);

  it("hold the same whatever is counted where, and in which order", () => {
    fc.assert(
      fc.property(slots, slots, (here, there) => {
        const [a, b, all]: Series[] = [[], [], []];
        for (const each of here) addSlot(a as Series, each);
        for (const each of there) addSlot(b as Series, each);
        for (const each of [...there, ...here]) addSlot(all as Series, each);
        const merged = mergeSeries(a as Series, b as Series);
        const counts = ({ index, count, min, max }: Slot) => ({ index, count, min, max });
        expect(merged.map(counts)).toEqual((all as Series).map(counts));
        expect(total(coarser(merged, 5))).toBe(total(merged));
        expect(total(between(merged, 0, 10)) + total(between(merged, 10, 21))).toBe(total(merged));
      }),
      { seed: 5 },
    );
  });
});
