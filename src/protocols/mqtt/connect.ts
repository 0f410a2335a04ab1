// CONNECT of MQTT 3.1.1 and 5 in one shape, with the defaults of the specification filled in. Whether the client may come
// in is not decided here.
import { ByteReader } from "./byte-reader.ts";
import { packetType } from "./header.ts";
import type { PacketHeader } from "./header.ts";
import { malformed, MqttError, protocolError } from "./mqtt-error.ts";
import type { ProtocolVersion } from "./mqtt-error.ts";
import { checkTopic, hasDisallowed } from "./names.ts";
import { noProperties, readProperties } from "./properties.ts";
import { propertyId, willProperties } from "./property-table.ts";
import { checkResponseTopic, toQoS } from "./publish.ts";
import type { QoS } from "./publish.ts";
import { reasonCode } from "./reason-codes.ts";

export interface Will {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  delaySeconds: number;
  /** Properties to forward, in wire form without their length, delay and expiry split off. */
  properties: Uint8Array;
  expirySeconds: number | null;
  /** What the payload format indicator claims; nobody has checked the payload. */
  payloadIsUtf8: boolean;
}

export interface Connect {
  version: ProtocolVersion;
  /** "" if the server is to assign one. */
  clientId: string;
  /** 3.1.1's clean session. */
  cleanStart: boolean;
  /** 0 turns keep-alive off. */
  keepAliveSeconds: number;
  userName: string | null;
  password: Uint8Array | null;
  will: Will | null;
  /** `neverExpires` for a persistent session of 3.1.1. */
  sessionExpirySeconds: number;
  receiveMaximum: number;
  /** Null if the client sets no limit. */
  maximumPacketBytes: number | null;
  topicAliasMaximum: number;
  requestResponseInformation: boolean;
  requestProblemInformation: boolean;
  authenticationMethod: string | null;
  userProperties: [string, string][];
}

/** A session expiry of 0xFFFFFFFF seconds: the session does not expire (§3.1.2.11.2). */
export const neverExpires = 0xffffffff;

const connectFlag = { reserved: 0x01, cleanStart: 0x02, will: 0x04, willRetain: 0x20, password: 0x40, userName: 0x80 };

/** MQTT 3.1, and 3.1.1 with the bit by which bridges of mosquitto introduce themselves; they try again without it. */
const levelsBefore5: ReadonlySet<number> = new Set([3, 0x83, 0x84]);

/**
 * The CONNECT that `header` was read for. An error carries in `version` the form that CONNACK should take, if known.
 *
 * Throws 0x84 for another protocol or level [MQTT-3.1.2-1] [MQTT-3.1.2-2]; 0x81 for the reserved flag [MQTT-3.1.2-3], will flags
 * without a will [MQTT-3.1.2-11] [MQTT-3.1.2-13], an invalid will topic, control characters in names and what does not parse;
 * 0x82 for properties that contradict the protocol; 0x85 for control characters in the client id. In 3.1.1 the latter is 0x81,
 * as is a password without user name [MQTT-3.1.2-22], and 0x85 a persistent session without client id [MQTT-3.1.3-8].
 */
export function decodeConnect(bytes: Uint8Array, header: PacketHeader): Connect {
  const reader = new ByteReader(bytes, header.bodyStart, header.end);
  const version = readVersion(reader);
  try {
    if (version === 5 && bytes[header.bodyStart - 1] === 0) {
      throw malformed("The remaining length uses more bytes than it needs.");
    }
    return readConnect(reader, version);
  } catch (error) {
    if (error instanceof MqttError) throw new MqttError(error.reasonCode, error.message, version);
    throw error;
  }
}

function readVersion(reader: ByteReader): ProtocolVersion {
  const name = reader.text();
  if (name !== "MQTT" && name !== "MQIsdp") throw unsupported(null);
  const level = reader.byte();
  if (name === "MQTT" && (level === 4 || level === 5)) return level;
  throw unsupported(levelsBefore5.has(level) ? 4 : 5);
}

function unsupported(version: ProtocolVersion | null): MqttError {
  return new MqttError(reasonCode.unsupportedProtocolVersion, "The protocol must be MQTT 3.1.1 or 5.", version);
}

function readConnect(reader: ByteReader, version: ProtocolVersion): Connect {
  const flags = reader.byte();
  checkFlags(flags, version);
  const cleanStart = (flags & connectFlag.cleanStart) !== 0;
  const keepAliveSeconds = reader.uint16();
  const properties = version === 5 ? readProperties(reader, packetType.connect) : noProperties;
  const authenticationMethod = properties.text(propertyId.authenticationMethod);
  if (authenticationMethod === null && properties.has(propertyId.authenticationData)) {
    throw protocolError("There is authentication data without a method.");
  }

  const clientId = readClientId(reader, version);
  const will = (flags & connectFlag.will) === 0 ? null : readWill(reader, flags, version);
  const userName = (flags & connectFlag.userName) === 0 ? null : reader.text();
  if (userName !== null && hasDisallowed(userName)) throw malformed("A user name has no control characters.");
  const password = (flags & connectFlag.password) === 0 ? null : reader.binary();
  reader.expectEnd();
  if (version === 4 && clientId === "" && !cleanStart) {
    throw new MqttError(reasonCode.clientIdentifierNotValid, "A persistent session needs a client id.");
  }

  const sessionExpiry = properties.number(propertyId.sessionExpiryInterval) ?? 0;
  return {
    version,
    clientId,
    cleanStart,
    keepAliveSeconds,
    userName,
    password,
    will,
    sessionExpirySeconds: version === 4 && !cleanStart ? neverExpires : sessionExpiry,
    receiveMaximum: properties.number(propertyId.receiveMaximum) ?? 65_535,
    maximumPacketBytes: properties.number(propertyId.maximumPacketSize),
    topicAliasMaximum: properties.number(propertyId.topicAliasMaximum) ?? 0,
    requestResponseInformation: properties.number(propertyId.requestResponseInformation) === 1,
    requestProblemInformation: properties.number(propertyId.requestProblemInformation) !== 0,
    authenticationMethod,
    userProperties: properties.userProperties(),
  };
}

function checkFlags(flags: number, version: ProtocolVersion): void {
  if ((flags & connectFlag.reserved) !== 0) throw malformed("The reserved flag of CONNECT is set.");
  const willQoS = toQoS((flags >> 3) & 0b11);
  if ((flags & connectFlag.will) === 0 && (willQoS !== 0 || (flags & connectFlag.willRetain) !== 0)) {
    throw malformed("There are will flags without a will.");
  }
  if (version === 4 && (flags & connectFlag.password) !== 0 && (flags & connectFlag.userName) === 0) {
    throw malformed("There is a password without a user name.");
  }
}

/** A client id that is no UTF-8 is malformed; one that is merely ill-chosen is not valid (§3.2.2.2) [MQTT-3.1.3-8]. */
function readClientId(reader: ByteReader, version: ProtocolVersion): string {
  const clientId = reader.text();
  if (!hasDisallowed(clientId)) return clientId;
  const sentence = "A client id has no control characters.";
  throw version === 4 ? malformed(sentence) : new MqttError(reasonCode.clientIdentifierNotValid, sentence);
}

function readWill(reader: ByteReader, flags: number, version: ProtocolVersion): Will {
  const properties = version === 5 ? readProperties(reader, willProperties) : noProperties;
  checkResponseTopic(properties);
  const topic = reader.text();
  checkTopic(topic);
  return {
    topic,
    payload: reader.binary(),
    qos: toQoS((flags >> 3) & 0b11),
    retain: (flags & connectFlag.willRetain) !== 0,
    delaySeconds: properties.number(propertyId.willDelayInterval) ?? 0,
    properties: properties.without([propertyId.willDelayInterval, propertyId.messageExpiryInterval]),
    expirySeconds: properties.number(propertyId.messageExpiryInterval),
    payloadIsUtf8: properties.number(propertyId.payloadFormatIndicator) === 1,
  };
}
