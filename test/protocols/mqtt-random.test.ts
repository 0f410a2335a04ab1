// Hostile input: whatever arrives, a decoder returns or throws MqttError, and reads nothing outside of its packet. Seeded,
// so that a failure repeats.
import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import { MqttError } from "../../src/protocols/mqtt/mqtt-error.ts";
import { clientVectors } from "./mqtt-client-vectors.ts";
import { connectVectors } from "./mqtt-connect-vectors.ts";
import { decodeBody, maxPacketBytes, wire } from "./mqtt-wire.ts";
import type { ClientVector } from "./mqtt-wire.ts";

const seed = 20_260_101;
const runs = 10_000;
const vectors: ClientVector[] = [...connectVectors, ...clientVectors];

/** mulberry32: whole numbers below `limit`, always the same ones for a seed. */
function numbersFrom(start: number): (limit: number) => number {
  let state = start;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** What became of the first packet in `bytes`: its content, the reason code of its refusal, or null if incomplete. */
function outcome(bytes: Uint8Array, version: 4 | 5): object | number | null {
  try {
    const header = readHeader(bytes, 0, maxPacketBytes, version);
    return header === null ? null : decodeBody(bytes, header, version);
  } catch (error) {
    if (error instanceof MqttError) return error.reasonCode;
    throw new Error(`${Buffer.from(bytes).toString("hex")} as version ${version} let ${String(error)} out`, {
      cause: error,
    });
  }
}

/** Counts the kinds of outcomes of many runs, so that a test can show that it reached them. */
function tally(outcomes: Iterable<object | number | null>): Record<"accepted" | "refused" | "incomplete", number> {
  const counts = { accepted: 0, refused: 0, incomplete: 0 };
  for (const each of outcomes) {
    if (each === null) counts.incomplete++;
    else if (typeof each === "number") counts.refused++;
    else counts.accepted++;
  }
  return counts;
}

describe("only MqttError comes out of", () => {
  it(`${runs} packets of random bytes`, () => {
    const random = numbersFrom(seed);
    const counts = tally(
      Array.from({ length: runs }, () => {
        const body = Uint8Array.from({ length: random(random(2) === 0 ? 60 : 8) }, () =>
          random(random(2) === 0 ? 256 : 8),
        );
        const type = 1 + random(15);
        const flags = type === 3 ? random(16) : type === 6 || type === 8 || type === 10 ? 2 : 0;
        return outcome(Uint8Array.of((type << 4) | flags, body.length, ...body), random(2) === 0 ? 4 : 5);
      }),
    );
    expect(counts.incomplete).toBe(0);
    expect(counts.refused).toBeGreaterThan(runs / 2);
    expect(counts.accepted).toBeGreaterThan(runs / 100);
  });

  it(`${runs} streams of random bytes`, () => {
    const random = numbersFrom(seed + 1);
    const counts = tally(
      Array.from({ length: runs }, () =>
        outcome(
          Uint8Array.from({ length: random(40) }, () => random(256)),
          random(2) === 0 ? 4 : 5,
        ),
      ),
    );
    expect(counts.incomplete).toBeGreaterThan(0);
    expect(counts.refused).toBeGreaterThan(0);
  });

  it(`${runs} valid packets with up to three bytes changed, put in or taken out`, () => {
    const random = numbersFrom(seed + 2);
    const counts = tally(
      Array.from({ length: runs }, () => {
        const vector = vectors[random(vectors.length)]!;
        const bytes = [...wire(vector.bytes)];
        for (let change = random(3); change >= 0; change--) {
          const value = random(3) === 0 ? random(4) : random(256);
          bytes.splice(random(bytes.length), random(4) === 0 ? 0 : 1, ...(random(4) === 0 ? [] : [value]));
        }
        if (random(2) === 0 && bytes.length > 2) bytes[1] = bytes.length - 2;
        return outcome(Uint8Array.from(bytes), vector.version);
      }),
    );
    expect(counts.accepted).toBeGreaterThan(runs / 20);
    expect(counts.refused).toBeGreaterThan(runs / 5);
    expect(counts.incomplete).toBeGreaterThan(runs / 100);
  });
});

it("decides by the packet's own bytes when its length is cut short, never by those behind it", () => {
  for (const { bytes, version } of vectors) {
    const whole = wire(bytes);
    for (let length = 0; length < whole.length - 2; length++) {
      const outcomes = [[], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [...whole.subarray(2 + length)]].map((rest) =>
        outcome(Uint8Array.of(whole[0]!, length, ...whole.subarray(2, 2 + length), ...rest), version),
      );
      for (const each of outcomes) expect(each).toEqual(outcomes[0]);
    }
  }
});
