// What counts as UTF-8 in a payload, compared with Node's own check.
import { Buffer, isUtf8 as isUtf8InNode } from "node:buffer";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { isUtf8 } from "../../src/protocols/mqtt/utf-8.ts";
import { hex } from "./mqtt-wire.ts";

it.each([
  ["nothing", "", true],
  ["ASCII with U+0000", "61 00 62", true],
  ["two, three and four bytes a character", "c3bc e282ac f09f9880", true],
  ["a byte order mark", "efbbbf 61", true],
  ["the first and the last of each length", "7f c280 dfbf e0a080 efbfbf f0908080 f48fbfbf", true],
  ["the characters around the surrogates", "ed9fbf ee8080", true],
  ["a surrogate", "61 eda080", false],
  ["a pair of surrogates", "eda0bd edb880", false],
  ["an overlong form of two bytes", "c0af", false],
  ["an overlong form of three bytes", "e0809f", false],
  ["an overlong form of four bytes", "f08080af", false],
  ["what is beyond U+10FFFF", "f4908080", false],
  ["five bytes a character", "f888808080", false],
  ["a continuation alone", "61 80", false],
  ["half a character at the end", "61 e282", false],
  ["half a character in the middle", "e282 61", false],
  ["bytes that never occur", "ff", false],
])("%s (%s): %s", (_what, bytes, expected) => {
  expect(isUtf8(hex(bytes))).toBe(expected);
  // Within longer text too, wherever it stands.
  for (const around of [8, 30]) {
    const plain = new Uint8Array(around).fill(0x61);
    expect(isUtf8(Uint8Array.of(...plain, ...hex(bytes), ...plain))).toBe(expected);
  }
});

it("agrees with Node on anything", () => {
  const nearText = fc
    .tuple(fc.string({ unit: "binary", maxLength: 20 }), fc.nat(60), fc.nat(255))
    .map(([text, at, value]) => {
      const bytes = new Uint8Array(Buffer.from(text));
      if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(nearText, fc.uint8Array({ maxLength: 8 })), (bytes) => isUtf8(bytes) === isUtf8InNode(bytes)),
    { numRuns: 1000, seed: 20_260_101 },
  );
});
