// What a server sends besides PUBLISH, for both versions of the protocol. Encodes what it is told; who gets which answer
// is up to the broker.
import { ByteWriter } from "./byte-writer.ts";
import { packetType, requiredFlags } from "./header.ts";
import type { ProtocolVersion } from "./mqtt-error.ts";
import { propertyId } from "./property-table.ts";
import { PropertyWriter } from "./property-writer.ts";
import { connectReturnCode, reasonCode as code } from "./reason-codes.ts";
import type { ReasonCode } from "./reason-codes.ts";

/** What MQTT 5 lets a server declare in CONNACK (§3.2.2.3); what is left out has the specification's default. */
export interface ConnackProperties {
  sessionExpirySeconds?: number;
  receiveMaximum?: number;
  maximumQoS?: 0 | 1;
  retainAvailable?: boolean;
  maximumPacketBytes?: number;
  assignedClientId?: string;
  topicAliasMaximum?: number;
  reasonString?: string;
  wildcardSubscriptionAvailable?: boolean;
  subscriptionIdentifiersAvailable?: boolean;
  sharedSubscriptionAvailable?: boolean;
  serverKeepAliveSeconds?: number;
  responseInformation?: string;
  serverReference?: string;
}

/** The only PINGRESP there is. Shared: send it, do not write to it. */
export const pingresp: Uint8Array = Uint8Array.of(packetType.pingresp << 4, 0);

/** A refusal never claims a session [MQTT-3.2.2-6] (3.1.1: [MQTT-3.2.2-4]). In 3.1.1 the code becomes a return code. */
export function encodeConnack(
  version: ProtocolVersion,
  connack: { sessionPresent: boolean; reasonCode: ReasonCode; properties?: ConnackProperties },
): Uint8Array {
  const properties = version === 5 ? connackProperties(connack.properties ?? {}) : null;
  const writer = new ByteWriter(packetType.connack, 0, 2 + (properties?.totalBytes ?? 0));
  writer.byte(connack.sessionPresent && connack.reasonCode === code.success ? 1 : 0);
  writer.byte(version === 5 ? connack.reasonCode : connectReturnCode(connack.reasonCode));
  properties?.writeTo(writer);
  return writer.bytes;
}

/** One code per subscription, in the order of SUBSCRIBE [MQTT-3.9.3-1]; 3.1.1 knows of failures only 0x80. */
export function encodeSuback(
  version: ProtocolVersion,
  packetId: number,
  reasonCodes: readonly ReasonCode[],
): Uint8Array {
  const writer = new ByteWriter(packetType.suback, 0, 2 + (version === 5 ? 1 : 0) + reasonCodes.length);
  writer.uint16(packetId);
  if (version === 5) writer.varint(0);
  for (const each of reasonCodes) {
    writer.byte(version === 4 && each >= code.unspecifiedError ? code.unspecifiedError : each);
  }
  return writer.bytes;
}

/** One code per filter, in the order of UNSUBSCRIBE [MQTT-3.11.3-1]; 3.1.1 carries none. */
export function encodeUnsuback(
  version: ProtocolVersion,
  packetId: number,
  reasonCodes: readonly ReasonCode[],
): Uint8Array {
  const writer = new ByteWriter(packetType.unsuback, 0, version === 5 ? 3 + reasonCodes.length : 2);
  writer.uint16(packetId);
  if (version === 5) {
    writer.varint(0);
    for (const each of reasonCodes) writer.byte(each);
  }
  return writer.bytes;
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP, as short as it can be said. 3.1.1 carries neither code nor text. */
export function encodeAck(
  type: number,
  version: ProtocolVersion,
  packetId: number,
  reasonCode: ReasonCode = code.success,
  reasonString?: string,
): Uint8Array {
  const long = version === 5 && reasonString !== undefined;
  const properties = long ? new PropertyWriter().text(propertyId.reasonString, reasonString) : null;
  const hasCode = version === 5 && (reasonCode !== code.success || long);
  const writer = new ByteWriter(type, requiredFlags(type), 2 + (hasCode ? 1 : 0) + (properties?.totalBytes ?? 0));
  writer.uint16(packetId);
  if (hasCode) writer.byte(reasonCode);
  properties?.writeTo(writer);
  return writer.bytes;
}

/** MQTT 5 alone: in 3.1.1 a server just closes the connection. As short as it can be said. */
export function encodeDisconnect(reasonCode: ReasonCode, reasonString?: string): Uint8Array {
  const properties = new PropertyWriter().text(propertyId.reasonString, reasonString);
  const hasCode = reasonCode !== code.normalDisconnection || !properties.isEmpty;
  const propertyBytes = properties.isEmpty ? 0 : properties.totalBytes;
  const writer = new ByteWriter(packetType.disconnect, 0, (hasCode ? 1 : 0) + propertyBytes);
  if (hasCode) writer.byte(reasonCode);
  if (!properties.isEmpty) properties.writeTo(writer);
  return writer.bytes;
}

function connackProperties(given: ConnackProperties): PropertyWriter {
  return new PropertyWriter()
    .number(propertyId.sessionExpiryInterval, given.sessionExpirySeconds)
    .number(propertyId.receiveMaximum, given.receiveMaximum)
    .number(propertyId.maximumQoS, given.maximumQoS)
    .flag(propertyId.retainAvailable, given.retainAvailable)
    .number(propertyId.maximumPacketSize, given.maximumPacketBytes)
    .text(propertyId.assignedClientIdentifier, given.assignedClientId)
    .number(propertyId.topicAliasMaximum, given.topicAliasMaximum)
    .text(propertyId.reasonString, given.reasonString)
    .flag(propertyId.wildcardSubscriptionAvailable, given.wildcardSubscriptionAvailable)
    .flag(propertyId.subscriptionIdentifierAvailable, given.subscriptionIdentifiersAvailable)
    .flag(propertyId.sharedSubscriptionAvailable, given.sharedSubscriptionAvailable)
    .number(propertyId.serverKeepAlive, given.serverKeepAliveSeconds)
    .text(propertyId.responseInformation, given.responseInformation)
    .text(propertyId.serverReference, given.serverReference);
}
