// Inbound PUBLISH: the hot path. Synchronous from end to end; a QoS 0 message writes no row of its own.
import { packetType, type PacketHeader } from "../../../src/protocols/mqtt/header.ts";
import { MqttError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { type Publish, decodePublish } from "../../../src/protocols/mqtt/publish.ts";
import { type ReasonCode, reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeAck } from "../../../src/protocols/mqtt/server-packets.ts";
import { isUtf8 } from "../../../src/protocols/mqtt/utf-8.ts";
import type { ClientState, Connection } from "../connection.ts";
import { maxReceived, receiveMaximum } from "../limits.ts";
import { deliverToSubscribers } from "./delivery.ts";
import { expiryOf, type Message } from "./message.ts";
import { isOverRate, refused, refusesToStore } from "./quotas.ts";
import { retain } from "./retained.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";
import { resolveAlias } from "./topic-aliases.ts";
import { wireOf } from "./wire.ts";

/** Handles a PUBLISH that begins at `start` of `bytes`. Throws MqttError for what ends the connection. */
export function handlePublish(
  state: BrokerState,
  connection: Connection,
  session: Session,
  bytes: Uint8Array,
  start: number,
  header: PacketHeader,
): void {
  const client = connection.state.client as ClientState;
  const packet = decodePublish(bytes, header, client.version, connection.recentTopics);
  const hasAlias = packet.topicAlias !== null;
  const isWhole = !hasAlias || packet.topic !== "";
  const message: Message = {
    topic: hasAlias ? resolveAlias(state, connection, packet) : packet.topic,
    topicBytes: isWhole ? packet.topicBytes : null,
    payload: packet.payload,
    qos: packet.qos,
    retain: packet.retain,
    properties: packet.properties,
    expiresAt: expiryOf(packet.expirySeconds, state.now),
    original: hasAlias ? null : originalOf(packet, bytes, start, header),
    originalWire: wireOf(client).index,
    encoded: null,
  };
  if (packet.qos === 2) return acceptQoS2(state, connection, session, packet, message);
  const code = judge(state, connection, packet, message) ?? accept(state, connection, session, message);
  if (packet.qos === 1) {
    refuseUntold(client, code);
    state.send(connection, encodeAck(packetType.puback, client.version, packet.packetId, code));
  }
}

/** Published when it first comes; until PUBREL its packet id is remembered, and a repetition is only answered. */
function acceptQoS2(
  state: BrokerState,
  connection: Connection,
  session: Session,
  packet: Publish,
  message: Message,
): void {
  const client = connection.state.client as ClientState;
  const { packetId } = packet;
  const { received } = session.state;
  let code: ReasonCode = reasonCode.success;
  if (!received.includes(packetId)) {
    if (received.length >= (client.version === 5 ? receiveMaximum : maxReceived)) {
      const reason = "More messages of QoS 2 are unreleased than the receive maximum allows.";
      throw new MqttError(reasonCode.receiveMaximumExceeded, reason);
    }
    code = judge(state, connection, packet, message) ?? accept(state, connection, session, message);
    refuseUntold(client, code);
    if (code < reasonCode.unspecifiedError) {
      received.push(packetId);
      state.sessionChanged(session);
    }
  }
  state.send(connection, encodeAck(packetType.pubrec, client.version, packetId, code));
}

/** Why a message is not accepted; null: it is. */
function judge(state: BrokerState, connection: Connection, packet: Publish, message: Message): ReasonCode | null {
  const { topic } = message;
  const { quotaExceeded, notAuthorized, payloadFormatInvalid } = reasonCode;
  if (isOverRate(state, connection, packet.payload.length)) {
    return refused(state, connection, topic, quotaExceeded);
  }
  if (!state.mayPublish(connection, topic)) return refused(state, connection, topic, notAuthorized);
  if (packet.payloadIsUtf8 && !isUtf8(packet.payload)) {
    const code = refused(state, connection, topic, payloadFormatInvalid);
    if (packet.qos > 0) return code;
    throw new MqttError(code, "The payload is said to be UTF-8 and is not.");
  }
  return refusesToStore(state, message) ? refused(state, connection, topic, quotaExceeded) : null;
}

/**
 * MQTT 3.1.1 knows no refusal. Of a message that may not be published the acknowledgement says only that it need not be sent
 * again [MQTT-3.3.5-2]; one for which there is no room is not acknowledged: the client sends it when it is back.
 */
function refuseUntold({ version }: ClientState, code: ReasonCode): void {
  if (version === 5 || code !== reasonCode.quotaExceeded) return;
  throw new MqttError(code, "More is published than this hub takes. Come back later, and slower.");
}

/** Publishes; the reason code says what PUBACK or PUBREC has to say. */
function accept(state: BrokerState, connection: Connection, publisher: Session, message: Message): ReasonCode {
  const canRefuse = message.qos > 0 && connection.state.client?.version === 5;
  const receivers = publish(state, message, publisher, { canRefuse });
  if (receivers === null) return refused(state, connection, message.topic, reasonCode.quotaExceeded);
  if (receivers > 0) return reasonCode.success;
  const { all, groups, handler } = state.index.receivers(message.topic);
  return handler || all.length + groups.length > 0 ? reasonCode.success : reasonCode.noMatchingSubscribers;
}

/**
 * Keeps a message if it is to be retained, and sends it to its subscribers. Returns to how many. When it cannot be
 * retained and the publisher can be told so, it is sent to nobody: null. Authorization is the caller's.
 */
export function publish(
  state: BrokerState,
  message: Message,
  publisher: Session | null,
  { canRefuse }: { canRefuse: boolean },
): number | null {
  const { handler } = state.index.receivers(message.topic);
  if (message.retain && !handler?.keepsLast && !retain(state, message) && canRefuse) return null;
  handler?.received(message, publisher?.connection ?? null);
  if (state.recordsMessages || state.index.watchesFeeds) {
    for (const part of state.parts) part.published?.(message, publisher?.connection ?? null);
  }
  return deliverToSubscribers(state, message, publisher);
}

/** The packet as it came, when it is what a QoS 0 subscriber of the same version is to get. */
function originalOf(packet: Publish, bytes: Uint8Array, start: number, header: PacketHeader): Uint8Array | null {
  if (packet.qos > 0 || packet.retain || packet.expirySeconds !== null) return null;
  return start === 0 && header.end === bytes.length ? bytes : bytes.subarray(start, header.end);
}
