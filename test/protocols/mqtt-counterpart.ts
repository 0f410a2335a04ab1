// The npm package mqtt-packet as an independent opinion on the codec: it takes the part of the client.
import { Buffer } from "node:buffer";
import mqttPacket from "mqtt-packet";
import type { Packet, UserProperties } from "mqtt-packet";
import { expect } from "vitest";
import type { ProtocolVersion } from "../../src/protocols/mqtt/publish.ts";

/** Seeded, so that a failure repeats. */
export const runs = { numRuns: 300, seed: 20_260_101 };
export const versions: ProtocolVersion[] = [4, 5];

/** The bytes that a client would send. */
export function written(packet: Packet, version: ProtocolVersion): Uint8Array {
  return new Uint8Array(mqttPacket.generate(packet, { protocolVersion: version }));
}

/** What a client reads from the bytes, which hold one packet. */
export function read(bytes: Uint8Array, version: ProtocolVersion): Packet {
  const packets: Packet[] = [];
  const parser = mqttPacket.parser({ protocolVersion: version });
  parser.on("packet", (packet) => packets.push(packet));
  parser.on("error", (error) => {
    throw error;
  });
  expect(parser.parse(Buffer.from(bytes))).toBe(0);
  expect(packets).toHaveLength(1);
  return packets[0]!;
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
