// What clients send besides CONNECT and PUBLISH: subscribing, acknowledging, leaving. Filters come out as sent and well
// formed; who may use them is answered per filter by the broker.
import { ByteReader } from "./byte-reader.ts";
import { packetType } from "./header.ts";
import type { PacketHeader } from "./header.ts";
import { malformed, protocolError } from "./mqtt-error.ts";
import type { ProtocolVersion } from "./mqtt-error.ts";
import { checkShare, checkTopicFilter } from "./names.ts";
import { noProperties, readProperties } from "./properties.ts";
import type { Properties } from "./properties.ts";
import { propertyId } from "./property-table.ts";
import { readPacketId, toQoS } from "./publish.ts";
import type { QoS } from "./publish.ts";
import { reasonCode as code } from "./reason-codes.ts";
import type { ReasonCode } from "./reason-codes.ts";

export interface SubscriptionRequest {
  topicFilter: string;
  /** The most that the client wants. */
  qos: QoS;
  noLocal: boolean;
  retainAsPublished: boolean;
  /** 0 sends retained messages, 1 only for a new subscription, 2 never (§3.8.3.1). */
  retainHandling: 0 | 1 | 2;
}

export interface Subscribe {
  packetId: number;
  /** At least one. */
  subscriptions: SubscriptionRequest[];
  subscriptionId: number | null;
}

export interface Unsubscribe {
  packetId: number;
  /** At least one. */
  topicFilters: string[];
}

export interface Ack {
  packetId: number;
  /** 0x00 in MQTT 3.1.1. */
  reasonCode: ReasonCode;
}

export interface Disconnect {
  /** Any byte: the connection ends, whether a client may say this or not. All but 0x00 let the will be published. */
  reasonCode: ReasonCode;
  /** Null leaves the session expiry as CONNECT set it. */
  sessionExpirySeconds: number | null;
}

export interface Auth {
  reasonCode: ReasonCode;
  method: string;
}

/** [MQTT-3.4.2-1] [MQTT-3.5.2-1] */
const publishAnswers: ReadonlySet<ReasonCode> = new Set([
  code.success,
  code.noMatchingSubscribers,
  code.unspecifiedError,
  code.implementationSpecificError,
  code.notAuthorized,
  code.topicNameInvalid,
  code.packetIdentifierInUse,
  code.quotaExceeded,
  code.payloadFormatInvalid,
]);

/** [MQTT-3.6.2-1] [MQTT-3.7.2-1] */
const releaseAnswers: ReadonlySet<ReasonCode> = new Set([code.success, code.packetIdentifierNotFound]);

/** Those of §3.15.2.1 that a client may send [MQTT-3.15.2-1]. */
const clientAuths: ReadonlySet<ReasonCode> = new Set([code.continueAuthentication, code.reAuthenticate]);

/**
 * Throws 0x82 for no subscription at all [MQTT-3.8.3-2], retain handling 3, no-local on a shared subscription
 * [MQTT-3.8.3-4], a share without name or filter [MQTT-4.8.2-2], QoS 3 in MQTT 5 and subscription identifier 0; 0x81 for packet
 * id 0, reserved option bits [MQTT-3.8.3-5], QoS 3 in 3.1.1 (3.1.1: [MQTT-3.8.3-4]), an empty filter [MQTT-4.7.3-1], misplaced
 * wildcards [MQTT-4.7.1-1] and what does not parse.
 */
export function decodeSubscribe(bytes: Uint8Array, header: PacketHeader, version: ProtocolVersion): Subscribe {
  const reader = new ByteReader(bytes, header.bodyStart, header.end);
  const packetId = readPacketId(reader, malformed);
  const properties = version === 5 ? readProperties(reader, packetType.subscribe) : noProperties;
  const subscriptions: SubscriptionRequest[] = [];
  do {
    if (reader.remaining === 0) throw protocolError("SUBSCRIBE has no topic filter.");
    const topicFilter = readTopicFilter(reader);
    subscriptions.push(readOptions(topicFilter, reader.byte(), version));
  } while (reader.remaining > 0);
  return { packetId, subscriptions, subscriptionId: properties.number(propertyId.subscriptionIdentifier) };
}

/** Throws 0x82 for no filter at all [MQTT-3.10.3-2]; 0x81 for packet id 0, an invalid filter and what does not parse. */
export function decodeUnsubscribe(bytes: Uint8Array, header: PacketHeader, version: ProtocolVersion): Unsubscribe {
  const reader = new ByteReader(bytes, header.bodyStart, header.end);
  const packetId = readPacketId(reader, malformed);
  if (version === 5) readProperties(reader, packetType.unsubscribe);
  const topicFilters: string[] = [];
  do {
    if (reader.remaining === 0) throw protocolError("UNSUBSCRIBE has no topic filter.");
    topicFilters.push(readTopicFilter(reader));
  } while (reader.remaining > 0);
  return { packetId, topicFilters };
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP. Throws 0x82 for packet id 0 and a reason code that the packet does not have. */
export function decodeAck(bytes: Uint8Array, header: PacketHeader, version: ProtocolVersion): Ack {
  const reader = new ByteReader(bytes, header.bodyStart, header.end);
  const packetId = readPacketId(reader);
  const answersPublish = header.type === packetType.puback || header.type === packetType.pubrec;
  const { reasonCode } = readReason(reader, header, version);
  checkReason(reasonCode, answersPublish ? publishAnswers : releaseAnswers);
  return { packetId, reasonCode };
}

/** Throws for what does not parse and properties that contradict the protocol. In 3.1.1 the body is empty. */
export function decodeDisconnect(bytes: Uint8Array, header: PacketHeader, version: ProtocolVersion): Disconnect {
  const reader = new ByteReader(bytes, header.bodyStart, header.end);
  const { reasonCode, properties } = readReason(reader, header, version);
  return { reasonCode, sessionExpirySeconds: properties.number(propertyId.sessionExpiryInterval) };
}

/** Throws 0x82 for a missing method and for a reason code that only a server may send, which the short form implies. */
export function decodeAuth(bytes: Uint8Array, header: PacketHeader): Auth {
  const reader = new ByteReader(bytes, header.bodyStart, header.end);
  const { reasonCode, properties } = readReason(reader, header, 5);
  checkReason(reasonCode, clientAuths);
  const method = properties.text(propertyId.authenticationMethod);
  if (method === null) throw protocolError("AUTH has no authentication method.");
  return { reasonCode, method };
}

/** PINGREQ says nothing; 0x81 if it has a body. */
export function decodePingreq(header: PacketHeader): void {
  if (header.end !== header.bodyStart) throw malformed("PINGREQ has a body.");
}

/** The end of a packet: nothing in 3.1.1; in MQTT 5 a reason code and properties, each of which may be left out. */
function readReason(
  reader: ByteReader,
  header: PacketHeader,
  version: ProtocolVersion,
): { reasonCode: ReasonCode; properties: Properties } {
  const reasonCode = version === 5 && reader.remaining > 0 ? reader.byte() : code.success;
  const properties = version === 5 && reader.remaining > 0 ? readProperties(reader, header.type) : noProperties;
  reader.expectEnd();
  return { reasonCode, properties };
}

function checkReason(reasonCode: ReasonCode, allowed: ReadonlySet<ReasonCode>): void {
  if (!allowed.has(reasonCode)) throw protocolError(`A client may not send reason code ${reasonCode} here.`);
}

function readTopicFilter(reader: ByteReader): string {
  const topicFilter = reader.text();
  checkTopicFilter(topicFilter);
  return topicFilter;
}

function readOptions(topicFilter: string, options: number, version: ProtocolVersion): SubscriptionRequest {
  const reserved = version === 5 ? 0b1100_0000 : 0b1111_1100;
  if ((options & reserved) !== 0) throw malformed("Reserved subscription options are set.");
  const qos = options & 0b11;
  if (version === 5 && qos === 3) throw protocolError("QoS is 3.");
  const noLocal = (options & 0b100) !== 0;
  if (version === 5) checkShare(topicFilter, noLocal);
  const retainHandling = options >> 4;
  if (retainHandling !== 0 && retainHandling !== 1 && retainHandling !== 2)
    throw protocolError("Retain handling is 3.");
  return { topicFilter, qos: toQoS(qos), noLocal, retainAsPublished: (options & 0b1000) !== 0, retainHandling };
}
