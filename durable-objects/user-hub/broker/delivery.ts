// Outbound: one message to its receivers, at the QoS of each. Sessions that outlive their connection, queues for absent
// clients and QoS 2 belong here.
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { Connection, Packet, SessionState } from "../connection.ts";
import { maxInFlight, maxPendingMessages } from "../limits.ts";
import type { Message } from "./message.ts";
import type { BrokerState } from "./state.ts";
import { type Wire, wireOf } from "./wire.ts";

/** Sends a message to everybody who subscribes to its topic. Returns to how many connections. */
export function deliverToSubscribers(state: BrokerState, message: Message, publisher: Connection | null): number {
  let receivers = 0;
  for (const receiver of state.index.receivers(message.topic)) {
    const { connection } = receiver;
    const granted = connection === publisher ? receiver.qosOfOwn : receiver.qos;
    if (granted < 0 || connection.ended) continue;
    const qos = Math.min(granted, message.qos) as QoS;
    if (deliver(state, connection, message, qos, receiver.retainAsPublished && message.retain)) receivers++;
  }
  return receivers;
}

/** Sends a message to one connection. False: it cannot take it. */
export function deliver(
  state: BrokerState,
  connection: Connection,
  message: Message,
  qos: QoS,
  retain: boolean,
): boolean {
  const session = connection.state.session;
  if (!session) return false;
  const { expiresAt } = session.admission;
  if (expiresAt !== null && expiresAt <= state.now) {
    endExpired(state, connection);
    return false;
  }
  if (qos > 0) return deliverQoS1(state, connection, session, message, retain);
  const packet = packetOf(message, wireOf(session), retain, state.now);
  if (!fits(session, packet)) return false;
  state.send(connection, packet);
  return true;
}

/** Ends a connection whose token has expired. */
export function endExpired(state: BrokerState, connection: Connection): void {
  const reason = "The token of this connection has expired. Connect again with a new one.";
  state.end(connection, { reasonCode: reasonCode.notAuthorized, reason, tellPeer: true, dropWill: false });
}

/** The message at QoS 0: encoded once for all receivers on a wire, or not at all. */
function packetOf(message: Message, wire: Wire, retain: boolean, now: number): Packet {
  if (message.original && message.originalWire === wire.index && !retain) return message.original;
  const encoded = (message.encoded ??= []);
  const variant = wire.index * 2 + (retain ? 1 : 0);
  return (encoded[variant] ??= wire.encodeMessage(message, { qos: 0, retain, packetId: 0 }, now));
}

/** A packet larger than the client takes is dropped as if it had been sent [MQTT-3.1.2-25]. */
function fits(session: SessionState, packet: Packet): boolean {
  return session.maximumPacketBytes === null || packet.length <= session.maximumPacketBytes;
}

/** Sends at QoS 1, or lets the message wait until the client has acknowledged others [MQTT-3.3.4-9]. */
function deliverQoS1(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  message: Message,
  retain: boolean,
): boolean {
  const room = Math.min(session.receiveMaximum, maxInFlight);
  if (session.inFlight.length < room && session.pendingFrom === session.pendingTo) {
    return sendQoS1(state, connection, session, message, retain);
  }
  if (session.pendingTo - session.pendingFrom >= maxPendingMessages) {
    const reason = `More than ${maxPendingMessages} messages wait for this client's acknowledgements.`;
    state.end(connection, { reasonCode: reasonCode.quotaExceeded, reason, tellPeer: true, dropWill: false });
    return false;
  }
  state.pending.append(connection.state.id, session.pendingTo, message, retain);
  session.pendingTo++;
  connection.state.hasRows = true;
  state.changed(connection);
  return true;
}

function sendQoS1(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  message: Message,
  retain: boolean,
): boolean {
  const packetId = freePacketId(session);
  const packet = wireOf(session).encodeMessage(message, { qos: 1, retain, packetId }, state.now);
  if (!fits(session, packet)) return false;
  session.inFlight.push(packetId);
  session.lastPacketId = packetId;
  state.changed(connection);
  state.send(connection, packet);
  return true;
}

/** The next packet id that is not in flight [MQTT-2.2.1-4]; there is one, since at most 500 are. */
function freePacketId(session: SessionState): number {
  let id = session.lastPacketId;
  do id = (id % 65_535) + 1;
  while (session.inFlight.includes(id));
  return id;
}

/** PUBACK: makes room, and sends what waited. An unknown packet id is ignored: it may be a repetition. */
export function acknowledge(state: BrokerState, connection: Connection, packetId: number): void {
  const session = connection.state.session;
  const at = session?.inFlight.indexOf(packetId) ?? -1;
  if (!session || at < 0) return;
  session.inFlight.splice(at, 1);
  state.changed(connection);
  const room = Math.min(session.receiveMaximum, maxInFlight);
  while (session.pendingFrom < session.pendingTo && session.inFlight.length < room) {
    const message = state.pending.take(connection.state.id);
    session.pendingFrom++;
    if (!message) continue;
    if (message.expiresAt !== null && message.expiresAt <= state.now) continue;
    sendQoS1(state, connection, session, message, message.retain);
  }
}
