// The properties of MQTT 5.0 §2.2.2.2 as a table: their numbers, what they carry, and which packets may carry them.
// Reader and writer are both driven by it.
import { packetType } from "./header.ts";
import { reasonCode } from "./reason-codes.ts";
import type { ReasonCode } from "./reason-codes.ts";

export const propertyId = {
  payloadFormatIndicator: 0x01,
  messageExpiryInterval: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionIdentifier: 0x0b,
  sessionExpiryInterval: 0x11,
  assignedClientIdentifier: 0x12,
  serverKeepAlive: 0x13,
  authenticationMethod: 0x15,
  authenticationData: 0x16,
  requestProblemInformation: 0x17,
  willDelayInterval: 0x18,
  requestResponseInformation: 0x19,
  responseInformation: 0x1a,
  serverReference: 0x1c,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  maximumQoS: 0x24,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maximumPacketSize: 0x27,
  wildcardSubscriptionAvailable: 0x28,
  subscriptionIdentifierAvailable: 0x29,
  sharedSubscriptionAvailable: 0x2a,
} as const;

/** `flag` is a byte that may be 0 or 1; `pair` is two strings. */
export type PropertyType = "flag" | "uint16" | "uint32" | "varint" | "text" | "binary" | "pair";

export interface PropertyRule {
  type: PropertyType;
  /** Bit n: the packet with type number n may carry it; bit 0 is the will. */
  carriers: number;
  /** Why 0 is refused, if it is. */
  zero?: ReasonCode;
}

/** Stands in for a packet type where the properties of a will are meant. */
export const willProperties = 0;

const { connect, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback } = packetType;
const { unsubscribe, unsuback, disconnect, auth } = packetType;
const acknowledgements = [puback, pubrec, pubrel, pubcomp, suback, unsuback];

function rule(type: PropertyType, carriers: readonly number[], zero?: ReasonCode): PropertyRule {
  return { type, carriers: carriers.reduce((bits, carrier) => bits | (1 << carrier), 0), zero };
}

const { protocolError, topicAliasInvalid } = reasonCode;

const table: Record<keyof typeof propertyId, PropertyRule> = {
  payloadFormatIndicator: rule("flag", [publish, willProperties]),
  messageExpiryInterval: rule("uint32", [publish, willProperties]),
  contentType: rule("text", [publish, willProperties]),
  responseTopic: rule("text", [publish, willProperties]),
  correlationData: rule("binary", [publish, willProperties]),
  subscriptionIdentifier: rule("varint", [publish, subscribe], protocolError),
  sessionExpiryInterval: rule("uint32", [connect, connack, disconnect]),
  assignedClientIdentifier: rule("text", [connack]),
  serverKeepAlive: rule("uint16", [connack]),
  authenticationMethod: rule("text", [connect, connack, auth]),
  authenticationData: rule("binary", [connect, connack, auth]),
  requestProblemInformation: rule("flag", [connect]),
  willDelayInterval: rule("uint32", [willProperties]),
  requestResponseInformation: rule("flag", [connect]),
  responseInformation: rule("text", [connack]),
  serverReference: rule("text", [connack, disconnect]),
  reasonString: rule("text", [connack, ...acknowledgements, disconnect, auth]),
  receiveMaximum: rule("uint16", [connect, connack], protocolError),
  topicAliasMaximum: rule("uint16", [connect, connack]),
  topicAlias: rule("uint16", [publish], topicAliasInvalid),
  maximumQoS: rule("flag", [connack]),
  retainAvailable: rule("flag", [connack]),
  userProperty: rule("pair", [
    willProperties,
    connect,
    connack,
    publish,
    ...acknowledgements,
    subscribe,
    unsubscribe,
    disconnect,
    auth,
  ]),
  maximumPacketSize: rule("uint32", [connect, connack], protocolError),
  wildcardSubscriptionAvailable: rule("flag", [connack]),
  subscriptionIdentifierAvailable: rule("flag", [connack]),
  sharedSubscriptionAvailable: rule("flag", [connack]),
};

const rulesById: (PropertyRule | undefined)[] = [];
for (const [name, id] of Object.entries(propertyId)) rulesById[id] = table[name as keyof typeof propertyId];

/** The rule for a property number as found on the wire, undefined if MQTT 5 has no such property. */
export function propertyRule(id: number): PropertyRule | undefined {
  return rulesById[id];
}
