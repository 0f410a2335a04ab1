// How a server says no: the CONNACK that refuses a client, and the close code of the WebSocket below it. Shared by the
// hub and by the door that reads CONNECT before it.
import { MqttError, type ProtocolVersion } from "./mqtt-error.ts";
import { type ReasonCode, reasonCode } from "./reason-codes.ts";
import { encodeConnack, encodeDisconnect } from "./server-packets.ts";

/** The same for an unknown, forged, expired or revoked token, and for another hub's. */
export function badCredentials(version: ProtocolVersion | null = null): MqttError {
  const sentence = "Send a device's credential, an app token or an app's JWT as the password.";
  return new MqttError(reasonCode.badUserNameOrPassword, sentence, version);
}

/**
 * The CONNACK for an error of CONNECT, or null where there is none: when the version could not be read, and in MQTT 3.1.1
 * for a malformed packet, which is closed without a word [MQTT-3.1.4-1]. Never larger than the client takes, if that is known
 * [MQTT-3.2.2-19] [MQTT-3.1.2-24].
 */
export function encodeRefusal(error: MqttError): Uint8Array | null {
  const { version, reasonCode: code, message, maximumPacketBytes } = error;
  if (version === null || (version === 4 && isMalformed(code))) return null;
  return withReason(code, message, maximumPacketBytes, (reasonString) =>
    encodeConnack(version, { sessionPresent: false, reasonCode: code, properties: { reasonString } }),
  );
}

/** The DISCONNECT before the server closes; MQTT 5 alone. Never larger than the client takes: null where nothing fits [MQTT-3.14.2-3]. */
export function encodeFarewell(code: ReasonCode, reason: string, maximumPacketBytes: number | null): Uint8Array | null {
  return withReason(code, reason, maximumPacketBytes, (reasonString) => encodeDisconnect(code, reasonString));
}

/** With its sentence, unless there is no room for it. Who sends malformed packets reads no sentences: the close frame has it. */
function withReason(
  code: ReasonCode,
  sentence: string,
  maximumPacketBytes: number | null,
  encode: (reasonString: string | undefined) => Uint8Array,
): Uint8Array | null {
  const limit = maximumPacketBytes ?? Number.POSITIVE_INFINITY;
  const full = isMalformed(code) ? null : encode(sentence);
  if (full && full.length <= limit) return full;
  const bare = encode(undefined);
  return bare.length <= limit ? bare : null;
}

function isMalformed(code: ReasonCode): boolean {
  return code === reasonCode.malformedPacket || code === reasonCode.protocolError;
}

const closeCodes: Record<number, number> = {
  [reasonCode.normalDisconnection]: 1000,
  [reasonCode.malformedPacket]: 1002,
  [reasonCode.protocolError]: 1002,
  [reasonCode.packetTooLarge]: 1009,
  [reasonCode.implementationSpecificError]: 1011,
  [reasonCode.serverUnavailable]: 1013,
  [reasonCode.maximumConnectTime]: 1001,
};

/** The WebSocket close code for a reason (RFC 6455 §7.4.1): 1008, policy, where there is nothing more exact. */
export function closeCode(reason: number): number {
  return closeCodes[reason] ?? 1008;
}

/** A close frame has room for 123 bytes; the sentences are ASCII. */
export function closeReason(sentence: string): string {
  return sentence.slice(0, 123);
}
