// Outgoing messages of QoS 1 and 2: sent while the receiver has room, or else queued; kept until acknowledged where the session
// outlives its connection.
import { maySubscribe } from "../../../src/domain/access.ts";
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import { packetType } from "../../../src/protocols/mqtt/header.ts";
import { encodeAck } from "../../../src/protocols/mqtt/server-packets.ts";
import type { ClientState, Connection } from "../connection.ts";
import { maxInFlight, maxUnheardBytes } from "../limits.ts";
import { type QueuedMessage, queuedBytes } from "../tables/queued-messages.ts";
import { awaits, findInFlight, packetIdOf, packInFlight } from "./in-flight.ts";
import type { Message } from "./message.ts";
import { makeRoom, measure } from "./queue.ts";
import { countDropped, endUnread, fits } from "./receiver-limits.ts";
import type { Session, SessionState } from "./session.ts";
import type { BrokerState } from "./state.ts";
import { aliasFor } from "./topic-aliases.ts";
import { wireOf } from "./wire.ts";

export interface Outgoing {
  qos: QoS;
  retain: boolean;
  subscriptionIds: readonly number[] | null;
  share: string | null;
}

/** Sends a message of QoS 1 or 2, or lets it wait. `connection`: null when the client is not here. False: it is lost to it. */
export function sendOrQueue(
  state: BrokerState,
  session: Session,
  connection: Connection | null,
  message: Message,
  as: Outgoing,
): boolean {
  if (!connection && (!session.isPersistent || session.hasExpired(state.now))) return false;
  if (connection && canSend(connection, session.state)) return sendNow(state, session, connection, message, as);
  return queue(state, session, message, as);
}

function canSend(connection: Connection, session: SessionState): boolean {
  return session.waiting === 0 && session.inFlight.length < roomOf(connection.state.client as ClientState);
}

/** Unacknowledged messages a client can have [MQTT-3.3.4-9]. */
function roomOf({ receiveMaximum }: ClientState): number {
  return Math.min(receiveMaximum, maxInFlight);
}

function sendNow(
  state: BrokerState,
  session: Session,
  connection: Connection,
  message: Message,
  { qos, retain, subscriptionIds, share }: Outgoing,
): boolean {
  const { state: own } = session;
  const client = connection.state.client as ClientState;
  const seq = nextSeq(own);
  const alias = aliasFor(connection, message.topic);
  const header = { qos, retain, packetId: packetIdOf(seq), subscriptionIds, ...alias };
  const packet = wireOf(client).encodeMessage(message, header, state.now);
  if (!fits(client, packet)) {
    if (alias?.isNew) connection.outboundAliases?.delete(message.topic);
    countDropped(state, connection, client);
    return false;
  }
  const hasRow = session.isPersistent || (share !== null && qos === 1);
  if (hasRow) store(state, session, message, seq, { qos, retain, subscriptionIds, share });
  own.lastSeq = seq;
  own.sentSeq = seq;
  transmit(state, connection, own, packet, { seq, qos, hasRow });
  return true;
}

function transmit(
  state: BrokerState,
  connection: Connection,
  own: SessionState,
  packet: Uint8Array | string,
  { seq, qos, hasRow }: { seq: number; qos: QoS; hasRow: boolean },
): void {
  own.inFlight.push(packInFlight({ seq, hasRow, awaited: qos === 1 ? awaits.puback : awaits.pubrec }));
  state.changed(connection);
  state.send(connection, packet);
  if (connection.unheardBytes > maxUnheardBytes * 4) endUnread(state, connection);
}

function queue(state: BrokerState, session: Session, message: Message, as: Outgoing): boolean {
  measure(state, session);
  const bytes = queuedBytes(message);
  if (!makeRoom(state, session, bytes)) return false;
  const { state: own } = session;
  if (session.awaitedConnectionId !== null) session.lastBeforeWait ??= own.lastSeq;
  const seq = nextSeq(own);
  store(state, session, message, seq, as);
  own.lastSeq = seq;
  own.waiting++;
  own.waitingBytes += bytes;
  if (session.connection) state.changed(session.connection);
  // Its row must say that this one was never sent.
  else if (session.deadConnectionId !== null) state.sessionChanged(session);
  return true;
}

function store(state: BrokerState, session: Session, message: Message, seq: number, as: Outgoing): void {
  const { subscriptionIds, share } = as;
  const qos = as.qos as 1 | 2;
  const kept = as.retain === message.retain ? message : { ...message, retain: as.retain };
  state.queued.append(session.key, { seq, message: kept, qos, subscriptionIds, share, queuedAt: state.now });
  state.storeRate.take(1);
  session.state.hasQueue = true;
}

/** The number after the last one whose packet id is free [MQTT-2.2.1-4]; there is one, since few are in flight. */
function nextSeq({ lastSeq, inFlight }: SessionState): number {
  let seq = lastSeq + 1;
  while (findInFlight(inFlight, packetIdOf(seq)) >= 0) seq++;
  return seq;
}

/** Sends what waits, as far as the client has room. */
export function sendWaiting(state: BrokerState, session: Session, connection: Connection): void {
  const { state: own } = session;
  const room = roomOf(connection.state.client as ClientState);
  while (own.waiting > 0 && own.inFlight.length < room && !connection.ended) {
    const rows = state.queued.after(session.key, own.sentSeq, Math.min(room - own.inFlight.length, rowsAtOnce));
    if (rows.length === 0) {
      own.waiting = 0;
      own.waitingBytes = 0;
    }
    for (const row of rows) sendQueued(state, session, connection, row);
    state.changed(connection);
  }
}

const rowsAtOnce = 20;

function sendQueued(state: BrokerState, session: Session, connection: Connection, row: QueuedMessage): void {
  const { state: own } = session;
  const client = connection.state.client as ClientState;
  const { seq, message, qos, share, subscriptionIds } = row;
  own.sentSeq = seq;
  own.waiting--;
  own.waitingBytes -= queuedBytes(message);
  const dup = seq <= own.sentBeforeSeq;
  const { retain } = message;
  const packet = isStillWanted(state, connection, row, dup)
    ? wireOf(client).encodeMessage(message, { qos, retain, dup, packetId: packetIdOf(seq), subscriptionIds }, state.now)
    : null;
  if (packet === null || !fits(client, packet)) {
    state.queued.delete(session.key, seq);
    countDropped(state, connection, client);
    return;
  }
  const hasRow = session.isPersistent || (share !== null && qos === 1);
  if (!hasRow) state.queued.delete(session.key, seq);
  transmit(state, connection, own, packet, { seq, qos, hasRow });
}

/** Not what has expired or waited for too long, unless it was sent before; nor what the client may no longer have. */
function isStillWanted(state: BrokerState, connection: Connection, row: QueuedMessage, dup: boolean): boolean {
  const { message, queuedAt } = row;
  const { maxQueuedSeconds } = state.settings;
  const isLate = message.expiresAt !== null && message.expiresAt <= state.now;
  const isOld = queuedAt + maxQueuedSeconds * 1000 <= state.now;
  return (dup || !(isLate || isOld)) && maySubscribe(state.subjectOf(connection), message.topic);
}

/** A client has come back to its session: what it has not acknowledged is sent again, in order [MQTT-4.4.0-1]. */
export function resend(state: BrokerState, session: Session, connection: Connection): void {
  const { state: own } = session;
  const client = connection.state.client as ClientState;
  own.sentBeforeSeq = Math.max(own.sentBeforeSeq, own.sentSeq);
  own.sentSeq = 0;
  own.inFlight = [];
  session.isMeasured = false;
  measure(state, session);
  if (own.waiting === 0) own.sentSeq = own.lastSeq;
  for (const seq of own.hasQueue ? state.queued.released(session.key) : []) {
    own.inFlight.push(packInFlight({ seq, hasRow: true, awaited: awaits.pubcomp }));
    state.send(connection, encodeAck(packetType.pubrel, client.version, packetIdOf(seq)));
  }
  sendWaiting(state, session, connection);
}
