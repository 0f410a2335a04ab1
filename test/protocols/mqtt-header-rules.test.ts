// What the fixed header must not say, and where a packet ends.
import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import { decode, hex, refusal } from "./mqtt-wire.ts";

/** The flags that each packet type must carry; PUBLISH has its own. */
const prescribed: [type: number, name: string, flags: number, tags: string][] = [
  [1, "CONNECT", 0, ""],
  [2, "CONNACK", 0, ""],
  [4, "PUBACK", 0, ""],
  [5, "PUBREC", 0, ""],
  [6, "PUBREL", 2, "[MQTT-3.6.1-1] [MQTT3-3.6.1-1]"],
  [7, "PUBCOMP", 0, ""],
  [8, "SUBSCRIBE", 2, "[MQTT-3.8.1-1] [MQTT3-3.8.1-1]"],
  [9, "SUBACK", 0, ""],
  [10, "UNSUBSCRIBE", 2, "[MQTT-3.10.1-1] [MQTT3-3.10.1-1]"],
  [11, "UNSUBACK", 0, ""],
  [12, "PINGREQ", 0, ""],
  [13, "PINGRESP", 0, ""],
  [14, "DISCONNECT", 0, "[MQTT-3.14.1-1] [MQTT3-3.14.1-1]"],
  [15, "AUTH", 0, "[MQTT-3.15.1-1]"],
];

describe("a header is refused", () => {
  it.each(prescribed)("%i: for other flags in %s than %i [MQTT-2.1.3-1] [MQTT3-2.2.2-2] %s", (type, _name, right) => {
    for (let flags = 0; flags < 16; flags++) {
      const first = Uint8Array.of((type << 4) | flags);
      for (const version of [4, 5] as const) {
        if (type === 15 && version === 4) continue;
        if (flags === right) expect(readHeader(first, 0, 100, version)).toBeNull();
        else expect(refusal(() => readHeader(first, 0, 100, version)).reasonCode).toBe(0x81);
      }
    }
  });

  it.each([
    ["packet type 0", 5, "00 00", 0x82],
    ["packet type 0 with any flags", 4, "0a c0", 0x82],
    ["AUTH in 3.1.1", 4, "f0 00", 0x81],
    ["a remaining length of five bytes", 4, "30 ff ff ff ff 01", 0x81],
    ["a remaining length of five bytes in 5", 5, "e0 80 80 80 80 01", 0x81],
    ["a remaining length in more bytes than needed [MQTT-1.5.5-1]", 5, "30 85 00 00 01 61 00 00", 0x81],
    ["a remaining length of 0 in two bytes [MQTT-1.5.5-1]", 5, "c0 80 00", 0x81],
  ] as const)("for %s (%i)", (_rule, version, bytes, reasonCode) => {
    expect(refusal(() => decode(hex(bytes), version))).toMatchObject({ reasonCode, version: null });
  });

  it("as soon as its bytes show why, before the body is there", () => {
    expect(refusal(() => readHeader(hex("00"), 0, 100)).reasonCode).toBe(0x82);
    expect(refusal(() => readHeader(hex("60"), 0, 100)).reasonCode).toBe(0x81);
    expect(refusal(() => readHeader(hex("30 80 80 80 80"), 0, 100)).reasonCode).toBe(0x81);
    expect(readHeader(hex("30 80 80 80"), 0, 100)).toBeNull();
    expect(refusal(() => readHeader(hex("30 63"), 0, 100)).reasonCode).toBe(0x95);
  });
});

describe("a header", () => {
  it("counts toward the largest packet", () => {
    const packet = Uint8Array.of(0x30, 98, ...new Uint8Array(98));
    expect(readHeader(packet, 0, 100)).toEqual({ type: 3, flags: 0, bodyStart: 2, end: 100 });
    expect(refusal(() => readHeader(packet, 0, 99)).reasonCode).toBe(0x95);
  });

  it("may have the longest remaining length", () => {
    expect(readHeader(hex("30 ff ff ff 7f"), 0, 268_435_460)).toBeNull();
    expect(refusal(() => readHeader(hex("30 ff ff ff 7f"), 0, 268_435_459)).reasonCode).toBe(0x95);
  });

  it("may have a longer remaining length than needed in 3.1.1, which does not forbid it", () => {
    expect(readHeader(hex("c0 80 00"), 0, 100, 4)).toEqual({ type: 12, flags: 0, bodyStart: 3, end: 3 });
  });

  it.each([
    [127, "30 7f"],
    [128, "30 80 01"],
    [16_383, "30 ff 7f"],
    [16_384, "30 80 80 01"],
    [2_097_151, "30 ff ff 7f"],
    [2_097_152, "30 80 80 80 01"],
  ])("says that %i bytes follow in the fewest bytes [MQTT-1.5.5-1]", (length, start) => {
    const head = hex(start);
    const packet = new Uint8Array(head.length + length);
    packet.set(head);
    const header = { type: 3, flags: 0, bodyStart: head.length, end: packet.length };
    expect(readHeader(packet, 0, 3_000_000, 5)).toEqual(header);
    expect(readHeader(packet.subarray(0, -1), 0, 3_000_000, 5)).toBeNull();
  });
});
