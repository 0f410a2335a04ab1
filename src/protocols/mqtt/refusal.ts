// How a server says no: the CONNACK that refuses a client, and the close code of the WebSocket below it. Shared by the
// hub and by the door that reads CONNECT before it.
import { MqttError, type ProtocolVersion } from "./mqtt-error.ts";
import { reasonCode } from "./reason-codes.ts";
import { encodeConnack } from "./server-packets.ts";

/** The same for an unknown, forged, expired or revoked token, and for another hub's. */
export function badCredentials(version: ProtocolVersion | null = null): MqttError {
  const sentence = "Send a device's credential, an app token or an app's JWT as the password.";
  return new MqttError(reasonCode.badUserNameOrPassword, sentence, version);
}

/**
 * The CONNACK for an error of CONNECT, or null where there is none: when the version could not be read, and in MQTT 3.1.1
 * for a malformed packet, which is closed without a word [MQTT-3.1.4-1]. Never larger than the client takes, if that is known:
 * the reason string goes first [MQTT-3.2.2-19] [MQTT-3.1.2-24].
 */
export function encodeRefusal(error: MqttError, maximumPacketBytes: number | null = null): Uint8Array | null {
  if (error.version === null) return null;
  const isMalformed = error.reasonCode === reasonCode.malformedPacket || error.reasonCode === reasonCode.protocolError;
  if (error.version === 4 && isMalformed) return null;
  const connack = { sessionPresent: false, reasonCode: error.reasonCode };
  const limit = maximumPacketBytes ?? Infinity;
  const full = encodeConnack(error.version, { ...connack, properties: { reasonString: error.message } });
  if (full.length <= limit) return full;
  const bare = encodeConnack(error.version, connack);
  return bare.length <= limit ? bare : null;
}

const closeCodes: Record<number, number> = {
  [reasonCode.normalDisconnection]: 1000,
  [reasonCode.malformedPacket]: 1002,
  [reasonCode.protocolError]: 1002,
  [reasonCode.packetTooLarge]: 1009,
  [reasonCode.implementationSpecificError]: 1011,
  [reasonCode.serverUnavailable]: 1013,
};

/** The WebSocket close code for a reason (RFC 6455 §7.4.1): 1008, policy, where there is nothing more exact. */
export function closeCode(reason: number): number {
  return closeCodes[reason] ?? 1008;
}

/** A close frame has room for 123 bytes; the sentences are ASCII. */
export function closeReason(sentence: string): string {
  return sentence.slice(0, 123);
}
