// Inbound PUBLISH: the hot path. Synchronous from end to end; a QoS 0 message writes no row of its own.
import { packetType, type PacketHeader } from "../../../src/protocols/mqtt/header.ts";
import { MqttError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { type Publish, decodePublish } from "../../../src/protocols/mqtt/publish.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeAck } from "../../../src/protocols/mqtt/server-packets.ts";
import type { Connection, SessionState } from "../connection.ts";
import { deliverToSubscribers } from "./delivery.ts";
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
  const message: Message = {
    topic: packet.topic,
    topicBytes: packet.topicBytes,
    payload: packet.payload,
    qos: packet.qos,
    retain: packet.retain,
    properties: packet.properties,
    expiresAt: expiryOf(packet.expirySeconds, state.now),
    original: originalOf(packet, bytes, start, header),
    originalWire: wireOf(session).index,
    encoded: null,
  };
  const isAllowed = state.mayPublish(connection, packet.topic);
  const code = isAllowed ? accept(state, message, connection) : reasonCode.notAuthorized;
  // MQTT 3.1.1 knows no refusal: the acknowledgement says only that it need not be sent again [MQTT-3.3.5-2].
  if (packet.qos === 1) state.send(connection, encodeAck(packetType.puback, session.version, packet.packetId, code));
}

/** Publishes; the reason code says what PUBACK has to say. */
function accept(state: BrokerState, message: Message, publisher: Connection): number {
  const canRefuse = message.qos > 0 && publisher.state.session?.version === 5;
  const receivers = publish(state, message, publisher, { canRefuse });
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
  { canRefuse }: { canRefuse: boolean },
): number | null {
  if (message.retain && !retain(state, message) && canRefuse) return null;
  return deliverToSubscribers(state, message, publisher);
}

/** The packet as it came, when it is what a QoS 0 subscriber of the same version is to get. */
function originalOf(packet: Publish, bytes: Uint8Array, start: number, header: PacketHeader): Uint8Array | null {
  if (packet.qos > 0 || packet.retain || packet.expirySeconds !== null) return null;
  return start === 0 && header.end === bytes.length ? bytes : bytes.subarray(start, header.end);
}
