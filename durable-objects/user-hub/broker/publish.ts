// Inbound PUBLISH: the hot path. Synchronous from end to end; a QoS 0 message writes no row of its own.
import { packetType, type PacketHeader } from "../../../src/protocols/mqtt/header.ts";
import { MqttError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { type Publish, decodePublish } from "../../../src/protocols/mqtt/publish.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeAck } from "../../../src/protocols/mqtt/server-packets.ts";
import type { Connection, SessionState } from "../connection.ts";
import { deliverToSubscribers, type Original } from "./delivery.ts";
import { expiryOf, type Message } from "./message.ts";
import { retain } from "./retained.ts";
import type { BrokerState } from "./state.ts";
import { wireOf } from "./wire.ts";

/** The highest QoS of this broker, announced in CONNACK. */
export const maximumQoS = 1;

/** Handles a PUBLISH that begins at `start` of `bytes`. Throws MqttError for what ends the connection. */
export function handlePublish(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  bytes: Uint8Array,
  start: number,
  header: PacketHeader,
): void {
  const packet = decodePublish(bytes, header, session.version, connection.recentTopics);
  if (packet.qos > maximumQoS) throw new MqttError(reasonCode.qosNotSupported, "The maximum QoS is 1.");
  if (packet.topicAlias !== null) throw new MqttError(reasonCode.topicAliasInvalid, "No topic aliases were offered.");
  const { topic, topicBytes, payload, qos, retain: isRetained, properties, expirySeconds } = packet;
  const expiresAt = expiryOf(expirySeconds, state.now);
  const message: Message = { topic, topicBytes, payload, qos, retain: isRetained, properties, expiresAt };

  const code = state.mayPublish(connection, topic)
    ? accept(state, message, connection, originalOf(packet, session, bytes, start, header))
    : reasonCode.notAuthorized;
  // MQTT 3.1.1 knows no refusal: the acknowledgement says only that it need not be sent again [MQTT-3.3.5-2].
  if (qos === 1) state.send(connection, encodeAck(packetType.puback, session.version, packet.packetId, code));
}

/** Publishes; the reason code says what PUBACK has to say. */
function accept(state: BrokerState, message: Message, publisher: Connection, original: Original | null): number {
  const canRefuse = message.qos > 0 && publisher.state.session?.version === 5;
  const receivers = publish(state, message, publisher, { original, canRefuse });
  if (receivers === null) return reasonCode.quotaExceeded;
  return receivers === 0 ? reasonCode.noMatchingSubscribers : reasonCode.success;
}

/**
 * Keeps a message if it is to be retained, and sends it to its subscribers. Returns to how many. When it cannot be
 * retained and the publisher can be told so, it is sent to nobody: null. Authorization is the caller's.
 */
export function publish(
  state: BrokerState,
  message: Message,
  publisher: Connection | null,
  { original = null, canRefuse }: { original?: Original | null; canRefuse: boolean },
): number | null {
  if (message.retain && !retain(state, message) && canRefuse) return null;
  return deliverToSubscribers(state, message, publisher, original);
}

/** The packet as it came, when it is what a QoS 0 subscriber of the same version is to get. */
function originalOf(
  packet: Publish,
  session: SessionState,
  bytes: Uint8Array,
  start: number,
  header: PacketHeader,
): Original | null {
  if (packet.qos > 0 || packet.retain || packet.expirySeconds !== null) return null;
  const isWhole = start === 0 && header.end === bytes.length;
  return { packet: isWhole ? bytes : bytes.subarray(start, header.end), wire: wireOf(session) };
}
