// Where packets end in a stream, whatever pieces it comes in.
import { describe, expect, it } from "vitest";
import { PacketCounter } from "../../tools/gateway/packet-counter.ts";

/** A fixed header and a body of the length that it announces. */
function packet(type: number, lengthBytes: number[]): Buffer {
  const length = lengthBytes.reduce((sum, byte, place) => sum + (byte & 0x7f) * 128 ** place, 0);
  return Buffer.concat([Buffer.from([type << 4, ...lengthBytes]), Buffer.alloc(length, 0xff)]);
}

const packets = [
  packet(12, [0]),
  packet(3, [0x7f]),
  packet(3, [0x80, 0x01]),
  packet(13, [0]),
  packet(3, [0xff, 0x01]),
  packet(3, [0x80, 0x80, 0x01]),
  packet(14, [0]),
];
const stream = Buffer.concat(packets);
const ends = packets.map((_, index) => Buffer.concat(packets.slice(0, index + 1)).length);

/** The last end in the piece of the stream, counted from where it begins. */
function lastEnd(from: number, to: number): number {
  return (ends.findLast((end) => end > from && end <= to) ?? from) - from;
}

describe("a stream of packets", () => {
  it("is counted the same at every split", () => {
    for (let split = 0; split <= stream.length; split++) {
      const counter = new PacketCounter();
      const found = [counter.push(stream.subarray(0, split)), counter.push(stream.subarray(split))];
      expect([...found, counter.packets]).toEqual([lastEnd(0, split), lastEnd(split, stream.length), packets.length]);
    }
  });

  it("is counted the same byte by byte", () => {
    const counter = new PacketCounter();
    const found = [...stream].flatMap((byte, at) => (counter.push(Uint8Array.of(byte)) === 1 ? [at + 1] : []));
    expect(found).toEqual(ends);
  });

  it("is no longer followed once a length has more than four bytes", () => {
    const counter = new PacketCounter();
    expect(counter.push(Buffer.from([0xc0, 0x00, 0x30, 0xff, 0xff, 0xff]))).toBe(2);
    expect(counter.isLost).toBe(false);
    expect(counter.push(Buffer.from([0xff, 0x01, 0xc0, 0x00]))).toBe(0);
    expect([counter.isLost, counter.packets]).toEqual([true, 1]);
  });
});
