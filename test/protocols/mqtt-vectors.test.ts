// Every vector in both directions and at every split point: the bytes decide, wherever they are cut and whatever lies
// around them.
import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import { encodePublish } from "../../src/protocols/mqtt/publish.ts";
import { encodeDisconnect } from "../../src/protocols/mqtt/server-packets.ts";
import { clientVectors as laterVectors } from "./mqtt-client-vectors.ts";
import { connectVectors } from "./mqtt-connect-vectors.ts";
import { serverVectors } from "./mqtt-server-vectors.ts";
import { decode, decodeBody, maxPacketBytes, wire } from "./mqtt-wire.ts";

const clientVectors = [...connectVectors, ...laterVectors];

/** Rows whose names come out whole, with their tags; `$name` is cut short. */
function named<Vector extends { name: string }>(vectors: Vector[]): [string, Vector][] {
  return vectors.map((vector) => [vector.name, vector]);
}

describe("a packet from a client", () => {
  it.each(named(clientVectors))("is read: %s", (_name, { bytes, version, packet }) => {
    expect(decode(wire(bytes), version)).toEqual(packet);
  });

  it.each(named(clientVectors.filter(({ encode }) => encode !== undefined)))(
    "is written: %s",
    (_name, { bytes, encode }) => {
      expect(encode?.()).toEqual(wire(bytes));
    },
  );

  it.each(named(clientVectors))("is incomplete at every split point: %s", (_name, { bytes, version, packet }) => {
    const whole = wire(bytes);
    for (let cut = 0; cut < whole.length; cut++) {
      expect(readHeader(whole.subarray(0, cut), 0, maxPacketBytes, version)).toBeNull();
      const arrived = Uint8Array.of(...whole.subarray(0, cut), ...whole.subarray(cut));
      expect(decode(arrived, version)).toEqual(packet);
    }
  });

  it.each(named(clientVectors))("is read alike with anything around it: %s", (_name, { bytes, version, packet }) => {
    const whole = wire(bytes);
    for (const noise of [0x00, 0x01, 0xff]) {
      const stream = new Uint8Array(whole.length + 20).fill(noise);
      stream.set(whole, 10);
      const header = readHeader(stream.subarray(3), 7, maxPacketBytes, version);
      expect(header).toMatchObject({ end: 7 + whole.length });
      if (header !== null) expect(decodeBody(stream.subarray(3), header, version)).toEqual(packet);
    }
  });

  it("is read one after the other from one stream", () => {
    for (const version of [4, 5] as const) {
      const vectors = clientVectors.filter((vector) => vector.version === version);
      const stream = Uint8Array.from(vectors.flatMap(({ bytes }) => [...wire(bytes)]));
      let offset = 0;
      for (const { packet } of vectors) {
        const header = readHeader(stream, offset, maxPacketBytes, version);
        if (header === null) throw new Error("the stream ended early");
        expect(decodeBody(stream, header, version)).toEqual(packet);
        offset = header.end;
      }
      expect(offset).toBe(stream.length);
      expect(readHeader(stream, offset, maxPacketBytes, version)).toBeNull();
    }
  });

  it("is not copied: topic, payload and properties are views of the input", () => {
    for (const { bytes, version, packet } of clientVectors) {
      if (!("topicBytes" in packet)) continue;
      const whole = wire(bytes);
      const read = decode(whole, version) as { topicBytes: Uint8Array; payload: Uint8Array };
      expect(read.topicBytes.buffer).toBe(whole.buffer);
      expect(read.payload.buffer).toBe(whole.buffer);
    }
  });
});

describe("a packet from the server", () => {
  it.each(named(serverVectors))("is written: %s", (_name, { bytes, encode }) => {
    expect(encode()).toEqual(wire(bytes));
  });

  it("has a remaining length in as few bytes as possible", () => {
    for (const [bodyBytes, lengthBytes] of [
      [127, 1],
      [128, 2],
      [16_383, 2],
      [16_384, 3],
      [2_097_151, 3],
      [2_097_152, 4],
    ] as const) {
      const packet = { topicBytes: wire("61"), qos: 0 as const, retain: false, dup: false, packetId: 0 };
      const rest = { payload: new Uint8Array(bodyBytes - 3), properties: new Uint8Array(0), expirySeconds: null };
      const bytes = encodePublish({ ...packet, ...rest }, 4);
      const header = readHeader(bytes, 0, bytes.length, 5);
      expect(header).toEqual({ type: 3, flags: 0, bodyStart: 1 + lengthBytes, end: 1 + lengthBytes + bodyBytes });
    }
  });

  it("is not written when a text does not fit its field", () => {
    expect(() => encodeDisconnect(0x80, "ü".repeat(32_768))).toThrow(RangeError);
    expect(encodeDisconnect(0x80, "u".repeat(65_535))).toHaveLength(4 + 1 + 3 + 3 + 65_535);
  });

  it("fills its buffer exactly", () => {
    for (const { encode } of serverVectors) {
      const bytes = encode();
      expect(readHeader(bytes, 0, maxPacketBytes)).toMatchObject({ end: bytes.length });
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    }
  });
});
