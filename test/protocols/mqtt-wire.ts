// Shared by the tests of the MQTT codec: annotated bytes, frames around bodies, and one entry to all decoders. Holds no
// expectations.
import { decodeConnect } from "../../src/protocols/mqtt/connect.ts";
import {
  decodeAck,
  decodeAuth,
  decodeDisconnect,
  decodePingreq,
  decodeSubscribe,
  decodeUnsubscribe,
} from "../../src/protocols/mqtt/client-packets.ts";
import { packetType, readHeader } from "../../src/protocols/mqtt/header.ts";
import type { PacketHeader } from "../../src/protocols/mqtt/header.ts";
import { malformed, MqttError } from "../../src/protocols/mqtt/mqtt-error.ts";
import { decodePublish } from "../../src/protocols/mqtt/publish.ts";
import type { ProtocolVersion } from "../../src/protocols/mqtt/publish.ts";
import type { RecentTopics } from "../../src/protocols/mqtt/recent-topics.ts";

/** Bytes that a client sends, annotated, and what must be read from them; `encode` if a server may send the same. */
export interface ClientVector {
  name: string;
  version: ProtocolVersion;
  bytes: string;
  packet: object;
  encode?: () => Uint8Array;
}

/** A packet that breaks a rule, and the reason code of its refusal. */
export type RuleRow = [rule: string, version: ProtocolVersion, bytes: Uint8Array, reasonCode: number];

/** No packet of these tests is larger, in bytes. */
export const maxPacketBytes = 1_000_000;

/** Bytes from lines of hex pairs; whatever follows two spaces explains them. */
export function wire(annotated: string): Uint8Array {
  return hex(
    annotated
      .trim()
      .split("\n")
      .map((line) => line.trim().split("  ")[0])
      .join(" "),
  );
}

/** Bytes from hex digits with any spaces between them. */
export function hex(spaced: string): Uint8Array {
  const digits = spaced.replaceAll(/\s/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new Error(`not hex: ${spaced}`);
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

/** A packet of fewer than 128 bytes around a body given in hex. */
export function frame(firstByte: number, body: string): Uint8Array {
  const bytes = hex(body);
  return Uint8Array.of(firstByte, bytes.length, ...bytes);
}

/** A length-prefixed string in hex. */
export function text(value: string): string {
  const bytes = Buffer.from(value);
  return bytes.length.toString(16).padStart(4, "0") + bytes.toString("hex");
}

/** The one packet that the bytes hold, decoded as what its header says. */
export function decode(bytes: Uint8Array, version: ProtocolVersion): object {
  const header = readHeader(bytes, 0, maxPacketBytes, version);
  if (header === null || header.end !== bytes.length) throw new Error("not exactly one packet");
  return decodeBody(bytes, header, version);
}

export function decodeBody(
  bytes: Uint8Array,
  header: PacketHeader,
  version: ProtocolVersion,
  recent: RecentTopics | null = null,
): object {
  switch (header.type) {
    case packetType.connect:
      return decodeConnect(bytes, header);
    case packetType.publish:
      return decodePublish(bytes, header, version, recent);
    case packetType.puback:
    case packetType.pubrec:
    case packetType.pubrel:
    case packetType.pubcomp:
      return decodeAck(bytes, header, version);
    case packetType.subscribe:
      return decodeSubscribe(bytes, header, version);
    case packetType.unsubscribe:
      return decodeUnsubscribe(bytes, header, version);
    case packetType.pingreq:
      decodePingreq(header);
      return {};
    case packetType.disconnect:
      return decodeDisconnect(bytes, header, version);
    case packetType.auth:
      return decodeAuth(bytes, header);
    default:
      throw malformed("A client does not send this.");
  }
}

/** The MqttError that a call throws; any other outcome fails the test. */
export function refusal(call: () => unknown): MqttError {
  let outcome: unknown;
  try {
    outcome = call();
  } catch (error) {
    if (error instanceof MqttError) return error;
    throw error;
  }
  throw new Error(`was accepted: ${JSON.stringify(outcome)}`);
}
