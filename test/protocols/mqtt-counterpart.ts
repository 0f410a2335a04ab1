// The npm package mqtt-packet as an independent opinion on the codec: it takes the part of the client. Everything that is
// read arrives in two parts, cut at every position.
import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import mqttPacket from "mqtt-packet";
import type { Packet, UserProperties } from "mqtt-packet";
import { expect, vi } from "vitest";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import type { ProtocolVersion } from "../../src/protocols/mqtt/publish.ts";
import { decode, maxPacketBytes } from "./mqtt-wire.ts";

// A test here is hundreds of packets; nothing waits, so only a busy machine makes it slow.
vi.setConfig({ testTimeout: 60_000 });

/** Seeded, so that a failure repeats. */
export const runs = { numRuns: 300, seed: 20_260_101 };
export const versions: ProtocolVersion[] = [4, 5];

/** The bytes that a client would send. */
export function written(packet: Packet, version: ProtocolVersion): Uint8Array {
  return new Uint8Array(mqttPacket.generate(packet, { protocolVersion: version }));
}

/** What a client reads from the bytes, which hold one packet: the same however they are cut. */
export function read(bytes: Uint8Array, version: ProtocolVersion): Packet {
  const whole = readStream([bytes], version);
  expect(whole).toHaveLength(1);
  for (const cut of cuts(bytes)) {
    const again = readStream([bytes.subarray(0, cut), bytes.subarray(cut)], version);
    // Much faster than an expectation, which then says what differs.
    if (!isDeepStrictEqual(again, whole)) expect(again).toEqual(whole);
  }
  return whole[0]!;
}

/** All packets that a client reads from a stream that arrives in parts. */
export function readStream(parts: Uint8Array[], version: ProtocolVersion): Packet[] {
  const packets: Packet[] = [];
  const parser = mqttPacket.parser({ protocolVersion: version });
  parser.on("packet", (packet) => packets.push(packet));
  parser.on("error", (error) => {
    throw error;
  });
  const left = parts.map((part) => parser.parse(Buffer.from(part))).at(-1);
  if (left !== 0) expect.fail(`${left} bytes are left over`);
  return packets;
}

/** What the codec reads from the bytes of one packet, no part of which is taken for a packet; beyond 2,000 bytes, samples. */
export function decodeCut(bytes: Uint8Array, version: ProtocolVersion): object {
  for (let cut = 0; cut < bytes.length; cut += cut < 2000 ? 1 : 61) {
    if (readHeader(bytes.subarray(0, cut), 0, maxPacketBytes, version) !== null) expect.fail(`whole at ${cut}`);
    // The version is unknown until CONNECT has been read.
    if (readHeader(bytes.subarray(0, cut), 0, maxPacketBytes) !== null) expect.fail(`whole at ${cut}`);
  }
  return decode(bytes, version);
}

/** Every position within the bytes; of a long packet those where its parts meet. */
function cuts(bytes: Uint8Array): number[] {
  const all = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
  return bytes.length <= 200 ? all : [...all.slice(0, 64), ...all.slice(-8)];
}

/** What is defined, bytes as plain arrays. */
export function plain(value: object | undefined): object {
  const entries = Object.entries(value ?? {}).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, each instanceof Uint8Array ? [...each] : each]));
}

/** A user property with several values is several pairs. */
export function pairs(properties: UserProperties | undefined): [string, string][] {
  return Object.entries(properties ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
}
