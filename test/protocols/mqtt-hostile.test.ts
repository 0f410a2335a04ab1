// Hostile input, ten thousand times; `npm run fuzz` does the same a million times and watches time and memory. FUZZ_SEED chooses
// other input.
import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import { MqttError } from "../../src/protocols/mqtt/mqtt-error.ts";
import { clientVectors } from "./mqtt-client-vectors.ts";
import { connectVectors } from "./mqtt-connect-vectors.ts";
import { emptyTally, runCase } from "./mqtt-hostile-check.ts";
import { decodeBody, hex, maxPacketBytes, refusal, wire } from "./mqtt-wire.ts";

const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);
const runs = 10_000;

describe("hostile input", () => {
  it(`is read or refused, and nothing else: ${runs} cases of seed ${seed}`, () => {
    const tally = emptyTally();
    for (let testCase = 0; testCase < runs; testCase++) runCase(seed, testCase, tally);
    expect(tally.accepted).toBeGreaterThan(runs / 20);
    expect(tally.refused).toBeGreaterThan(runs / 3);
    expect(tally.incomplete).toBeGreaterThan(runs / 50);
    expect([...tally.reasonCodes.keys()]).toEqual(expect.arrayContaining([0x81, 0x82, 0x84, 0x85, 0x94, 0x95]));
    // Everything a client may send is read now and then.
    expect([...tally.packetTypes.keys()].toSorted((a, b) => a - b)).toEqual([1, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15]);
  });

  it("is judged by the packet's own bytes when its length is cut short, never by those behind it", () => {
    for (const { bytes, version } of [...connectVectors, ...clientVectors]) {
      const whole = wire(bytes);
      for (let length = 0; length < whole.length - 2; length++) {
        const outcomes = [[], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [...whole.subarray(2 + length)]].map((rest) =>
          outcome(Uint8Array.of(whole[0]!, length, ...whole.subarray(2, 2 + length), ...rest), version),
        );
        for (const each of outcomes) expect(each).toEqual(outcomes[0]);
      }
    }
  });

  it.each([
    ["a packet of 256 MB", "30 ff ff ff 7f 00 01 61", 0x95],
    ["a topic of 64 KB", "30 05 ff ff 61 61 61", 0x81],
    ["properties of 256 MB", "30 08 00 01 61 ff ff ff 7f 00", 0x81],
    ["correlation data of 64 KB", "30 08 00 01 61 04 09 ff ff 00", 0x81],
    ["a filter of 64 KB", "82 07 00 01 00 ff ff 61 00", 0x81],
  ])("that claims to be larger than it is is refused, and nothing set aside for it: %s", (_what, bytes, reasonCode) => {
    expect(refusal(() => outcomeOrThrow(hex(bytes), 5)).reasonCode).toBe(reasonCode);
  });
});

function outcomeOrThrow(bytes: Uint8Array, version: 4 | 5): object | null {
  const header = readHeader(bytes, 0, Math.min(maxPacketBytes, 262_144), version);
  return header === null ? null : decodeBody(bytes, header, version);
}

function outcome(bytes: Uint8Array, version: 4 | 5): object | number | null {
  try {
    return outcomeOrThrow(bytes, version);
  } catch (error) {
    if (error instanceof MqttError) return error.reasonCode;
    throw error;
  }
}
