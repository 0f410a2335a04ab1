// PUBLISH, the hot path: decoded without copying and encoded with a single buffer. The properties that a server must
// forward stay in wire form; those it consumes or rewrites are split off.
import { isTopic } from "../../domain/topics.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter, varintBytes } from "./byte-writer.ts";
import { packetType } from "./header.ts";
import type { PacketHeader } from "./header.ts";
import { malformed, protocolError } from "./mqtt-error.ts";
import type { MqttError, ProtocolVersion } from "./mqtt-error.ts";
import { checkTopic } from "./names.ts";
import { noProperties, readProperties } from "./properties.ts";
import type { Properties } from "./properties.ts";
import { propertyId } from "./property-table.ts";
import type { RecentTopic, RecentTopics } from "./recent-topics.ts";

export type { ProtocolVersion } from "./mqtt-error.ts";
export type QoS = 0 | 1 | 2;

/** A PUBLISH from a client. Byte arrays are views of the input, or of what is remembered of it: not to be written to. */
export interface Publish {
  /** "" only in MQTT 5 with a topic alias. */
  topic: string;
  topicBytes: Uint8Array;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  dup: boolean;
  /** 0 at QoS 0. */
  packetId: number;
  /** Properties to forward, in wire form without their length; copied only if one was cut from between them. */
  properties: Uint8Array;
  expirySeconds: number | null;
  topicAlias: number | null;
  /** What the payload format indicator claims; nobody has checked the payload. */
  payloadIsUtf8: boolean;
}

/** A PUBLISH to a client. What only MQTT 5 knows is left out for a 3.1.1 client. */
export interface OutgoingPublish {
  /** Empty only together with `topicAlias`. */
  topicBytes: Uint8Array;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  dup: boolean;
  /** Left out at QoS 0. */
  packetId: number;
  /** In wire form without their length, as decoded. */
  properties: Uint8Array;
  expirySeconds: number | null;
  subscriptionIds?: readonly number[];
  topicAlias?: number | null;
}

const splitOff = [propertyId.messageExpiryInterval, propertyId.topicAlias];

/**
 * The PUBLISH that `header` was read for. `recent`: the topics its client has published to; this one joins them.
 *
 * Throws 0x81 for QoS 3 [MQTT-3.3.1-4], DUP at QoS 0 [MQTT-3.3.1-2], an invalid topic [MQTT-3.3.2-2] and what does not parse;
 * 0x82 for packet id 0 [MQTT-2.2.1-3], a subscription identifier [MQTT-3.3.4-6], an invalid response topic [MQTT-3.3.2-14] and,
 * in MQTT 5, an empty topic without alias (§3.3.2.3.4); 0x94 for alias 0 [MQTT-3.3.2-8].
 */
export function decodePublish(
  bytes: Uint8Array,
  header: PacketHeader,
  version: ProtocolVersion,
  recent: RecentTopics | null = null,
): Publish {
  const qos = toQoS((header.flags >> 1) & 0b11);
  const dup = (header.flags & 0b1000) !== 0;
  if (dup && qos === 0) throw malformed("DUP is set at QoS 0.");

  const known = recent?.find(bytes, header.bodyStart, header.end) ?? null;
  if (known && version === 4) return decodeKnown(bytes, header, known, qos, dup);
  const reader = new ByteReader(bytes, header.bodyStart, header.end);
  if (known) reader.position += 2 + known.bytes.length;
  const topic = known?.text ?? reader.text();
  const topicBytes = known?.bytes ?? bytes.subarray(header.bodyStart + 2, reader.position);
  const packetId = qos === 0 ? 0 : readPacketId(reader);
  const properties = version === 5 ? readProperties(reader, packetType.publish) : noProperties;
  const topicAlias = properties.number(propertyId.topicAlias);

  if (topic === "" && version === 5) {
    if (topicAlias === null) throw protocolError("A topic is empty and there is no topic alias.");
  } else if (!known) {
    checkTopic(topic);
    recent?.add(topic, topicBytes);
  }
  if (properties.has(propertyId.subscriptionIdentifier)) {
    throw protocolError("Only a server may send PUBLISH with a subscription identifier.");
  }
  checkResponseTopic(properties);
  return {
    topic,
    topicBytes,
    payload: bytes.subarray(reader.position, header.end),
    qos,
    retain: (header.flags & 0b0001) !== 0,
    dup,
    packetId,
    properties: properties.without(splitOff),
    expirySeconds: properties.number(propertyId.messageExpiryInterval),
    topicAlias,
    payloadIsUtf8: properties.number(propertyId.payloadFormatIndicator) === 1,
  };
}

/** What most packets are: 3.1.1, to one of the client's last topics. The same checks, without a reader. */
function decodeKnown(bytes: Uint8Array, header: PacketHeader, topic: RecentTopic, qos: QoS, dup: boolean): Publish {
  let position = header.bodyStart + 2 + topic.bytes.length;
  let packetId = 0;
  if (qos > 0) {
    if (position + 2 > header.end) throw malformed("A packet ends before its content.");
    packetId = (bytes[position]! << 8) | bytes[position + 1]!;
    if (packetId === 0) throw protocolError("A packet identifier is 0.");
    position += 2;
  }
  return {
    topic: topic.text,
    topicBytes: topic.bytes,
    payload: bytes.subarray(position, header.end),
    qos,
    retain: (header.flags & 0b0001) !== 0,
    dup,
    packetId,
    properties: noBytes,
    expirySeconds: null,
    topicAlias: null,
    payloadIsUtf8: false,
  };
}

const noBytes = new Uint8Array(0);

/** One buffer holding the whole packet. RangeError if it cannot be expressed, which is a bug of the caller. */
export function encodePublish(packet: OutgoingPublish, version: ProtocolVersion): Uint8Array {
  const { topicBytes, payload, qos } = packet;
  const propertyBytes = version === 5 ? outgoingPropertyBytes(packet) : 0;
  const bodyBytes =
    2 +
    topicBytes.length +
    (qos === 0 ? 0 : 2) +
    (version === 5 ? varintBytes(propertyBytes) + propertyBytes : 0) +
    payload.length;
  const dup = packet.dup && qos > 0 ? 0b1000 : 0;
  const writer = new ByteWriter(packetType.publish, dup | (qos << 1) | (packet.retain ? 1 : 0), bodyBytes);
  writer.binary(topicBytes);
  if (qos > 0) writer.uint16(packet.packetId);
  if (version === 5) {
    writer.varint(propertyBytes);
    if (propertyBytes > 0) writeOutgoingProperties(writer, packet);
  }
  writer.raw(payload);
  return writer.bytes;
}

/** A packet identifier, which is never 0 [MQTT-2.2.1-3] (3.1.1: [MQTT-2.3.1-1]); the specification leaves open how that is
 * refused, and what is asked of servers differs between packets. */
export function readPacketId(reader: ByteReader, refusal: (message: string) => MqttError = protocolError): number {
  const packetId = reader.uint16();
  if (packetId === 0) throw refusal("A packet identifier is 0.");
  return packetId;
}

/** The two bits of a QoS; 3 is malformed [MQTT-3.3.1-4] [MQTT-3.1.2-12]. */
export function toQoS(bits: number): QoS {
  if (bits === 0 || bits === 1 || bits === 2) return bits;
  throw malformed("QoS is 3.");
}

/** A response topic is a topic name [MQTT-3.3.2-14]; 0x82 otherwise. */
export function checkResponseTopic(properties: Properties): void {
  const topic = properties.text(propertyId.responseTopic);
  if (topic !== null && !isTopic(topic)) throw protocolError("A response topic is not empty and has no wildcards.");
}

function outgoingPropertyBytes(packet: OutgoingPublish): number {
  let length = packet.properties.length;
  if (packet.expirySeconds !== null) length += 5;
  if (packet.topicAlias != null) length += 3;
  for (const id of packet.subscriptionIds ?? []) length += 1 + varintBytes(id);
  return length;
}

function writeOutgoingProperties(writer: ByteWriter, packet: OutgoingPublish): void {
  if (packet.expirySeconds !== null) {
    writer.byte(propertyId.messageExpiryInterval);
    writer.uint32(packet.expirySeconds);
  }
  if (packet.topicAlias != null) {
    writer.byte(propertyId.topicAlias);
    writer.uint16(packet.topicAlias);
  }
  for (const id of packet.subscriptionIds ?? []) {
    writer.byte(propertyId.subscriptionIdentifier);
    writer.varint(id);
  }
  writer.raw(packet.properties);
}
