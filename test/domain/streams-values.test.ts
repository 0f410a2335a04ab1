import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isStreamName, readDatapoints, readSeveral } from "../../src/domain/streams/datapoints.ts";
import { aggregate, gapsIn } from "../../src/domain/streams/history.ts";
import { finestFor, periodsBetween } from "../../src/domain/streams/resolution.ts";
import { encodeValue, isKeptText, readPlainNumber } from "../../src/domain/streams/values.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a number in plain decimals", () => {
  it("is read exactly as Number reads it", () => {
    const decimals = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 16n }), fc.integer({ min: 0, max: 16 }))
      .map(([isNegative, digits, places]) => {
        const text = digits.toString().padStart(places + 1, "0");
        const point = text.length - places;
        return `${isNegative ? "-" : ""}${text.slice(0, point)}${places > 0 ? `.${text.slice(point)}` : ""}`;
      });
    let read = 0;
    fc.assert(
      fc.property(decimals, (text) => {
        const number = readPlainNumber(bytes(text));
        if (Number.isNaN(number)) return;
        read++;
        expect(number).toBe(Number(text) + 0);
      }),
      { numRuns: 5000, seed: 5 },
    );
    expect(read).toBeGreaterThan(500);
  });

  it.each(["", "-", ".", "-.", "1.2.3", "1-", "a", "1e3", " 1", "0x10", "1234567890123456", "NaN", "true"])(
    "is not %o",
    (text) => {
      expect(readPlainNumber(bytes(text))).toBeNaN();
    },
  );
});

describe("a payload on a stream's topic", () => {
  it.each<[string, unknown[]]>([
    ["21.5", [21.5]],
    [" 21.5\r\n", [21.5]],
    ["+3", [3]],
    [".5", [0.5]],
    ["1e3", [1000]],
    ["-1.5E-3", [-0.0015]],
    ["100000000000000000000", [1e20]],
    ["1e999", []],
    ["true", [true]],
    ["false", [false]],
    ["on", ["on"]],
    ["nan", ["nan"]],
    ["0x10", ["0x10"]],
    ["", []],
    ["  ", []],
    ["{", ["{"]],
    ['{"a":1}', ['{"a":1}']],
    ["[1,2]", ["[1,2]"]],
    ['{"value":21.5}', [21.5]],
    ['{"value":"on"}', ["on"]],
    ['{"value":null}', ['{"value":null}']],
    ['[{"value":1},{"value":2}]', [1, 2]],
    ['[{"value":1},2]', ['[{"value":1},2]']],
    ["[]", ["[]"]],
  ])("%o says %j", (text, values) => {
    expect(readDatapoints(bytes(text)).map(({ value }) => value)).toEqual(values);
  });

  it("may say its own time", () => {
    const text = '[{"value":1,"at":1700000000000},{"value":2,"at":1700000060000}]';
    expect(readDatapoints(bytes(text))).toEqual([
      { value: 1, at: 1_700_000_000_000 },
      { value: 2, at: 1_700_000_060_000 },
    ]);
    expect(readDatapoints(bytes('{"value":1,"at":"yesterday"}'))).toEqual([
      { value: '{"value":1,"at":"yesterday"}', at: null },
    ]);
  });

  it("of bytes that are no text says nothing", () => {
    expect(readDatapoints(new Uint8Array([0xff, 0xfe, 0x00]))).toEqual([]);
  });
});

describe("a payload with several streams", () => {
  it("says a datapoint for each key that is a name", () => {
    const json = {
      t: 21.5,
      on: true,
      mode: "eco",
      x: null,
      "a/b": 1,
      nested: { deep: 1 },
      h: { value: 40, at: 5 },
      at: 7,
    };
    expect(readSeveral(bytes(JSON.stringify(json)))).toEqual([
      ["t", { value: 21.5, at: 7 }],
      ["on", { value: true, at: 7 }],
      ["mode", { value: "eco", at: 7 }],
      ["h", { value: 40, at: 5 }],
    ]);
  });

  it.each(["", "1", "null", "[]", "{", '"a"'])("%o says nothing", (text) => {
    expect(readSeveral(bytes(text))).toEqual([]);
  });
});

it("names of streams are one printable level of up to 64 characters", () => {
  for (const name of ["t", "Außen 1", "{name}", "x".repeat(64)]) expect(isStreamName(name), name).toBe(true);
  for (const name of ["", "a/b", "+", "#", "a\nb", "x".repeat(65), "\ud800"])
    expect(isStreamName(name), name).toBe(false);
});

it("values are said as they were published, texts are kept up to 256 bytes", () => {
  const say = (value: number | boolean | string) => new TextDecoder().decode(encodeValue(value));
  expect([say(21.5), say(-0), say(true), say("on")]).toEqual(["21.5", "0", "true", "on"]);
  expect([isKeptText("ß".repeat(128)), isKeptText("ß".repeat(129))]).toEqual([true, false]);
});

describe("a history", () => {
  const point = (at: number, mean: number) => ({ at, mean, min: mean - 1, max: mean + 1, count: 1 });

  it("has gaps before, between and behind its points", () => {
    const points = [point(10, 1), point(20, 1), point(50, 1)];
    expect(gapsIn(points, 0, 70, 10)).toEqual([
      { from: 0, to: 10 },
      { from: 30, to: 50 },
      { from: 60, to: 70 },
    ]);
    expect(gapsIn([], 0, 70, 10)).toEqual([{ from: 0, to: 70 }]);
  });

  it("of several devices has the mean, sum, minimum or maximum of those that have a point", () => {
    const both = [[point(0, 10), point(10, 4)], [point(0, 20)]];
    expect(aggregate(both, "mean")).toEqual([
      { at: 0, mean: 15, min: 14, max: 16, count: 2 },
      { at: 10, mean: 4, min: 3, max: 5, count: 1 },
    ]);
    expect(aggregate(both, "sum")[0]).toMatchObject({ mean: 30 });
    expect(aggregate(both, "min")[0]).toMatchObject({ mean: 10 });
    expect(aggregate(both, "max")[0]).toMatchObject({ mean: 20 });
  });

  it("is told as finely as its points allow", () => {
    const day = 86_400_000;
    expect([day, 60 * day, 365 * day, 3650 * day].map((time) => finestFor(time, 1500))).toEqual([
      "minute",
      "hour",
      "day",
      "day",
    ]);
    expect(periodsBetween("minute", 19_722, 19_724)).toEqual(["2023-12-31", "2024-01-01"]);
    expect(periodsBetween("hour", 19_722, 19_724)).toEqual(["2023-12", "2024-01"]);
    expect(periodsBetween("day", 19_722, 19_724)).toEqual(["2023", "2024"]);
  });
});
