// The life of a session: begun or found again by CONNECT, left when its connection ends, ended when nobody came back in time.
import { neverExpires } from "../../../src/protocols/mqtt/connect.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { Connection, Holder } from "../connection.ts";
import { deliverShared } from "./delivery.ts";
import { isSameRow } from "../tables/sessions.ts";
import { maxInFlight } from "../limits.ts";
import { measure } from "./queue.ts";
import { newSessionState, Session, sessionKey, type SessionState } from "./session.ts";
import type { BrokerState } from "./state.ts";
import { cancelDelayedWills, publishDelayedWills, settleWill } from "./wills.ts";

export interface SessionRequest {
  holder: Holder;
  clientId: string;
  cleanStart: boolean;
  expirySeconds: number;
}

/**
 * The session of a client that connects: its earlier one, or a new one. An earlier connection of the same client is taken over:
 * it ends [MQTT-3.1.4-3].
 */
export function openSession(
  state: BrokerState,
  connection: Connection,
  { holder, clientId, cleanStart, expirySeconds }: SessionRequest,
): { session: Session; isPresent: boolean } {
  const earlier = state.sessions.get(sessionKey(holder, clientId));
  const resumed = earlier && goesOn(state, earlier, cleanStart) ? earlier : null;
  const taken = earlier?.connection ?? null;
  if (taken) takeOver(state, taken);
  if (resumed && resumed.awaitedConnectionId !== null) loseTrack(state, resumed);
  // A session that ends is gone before its will is published: the will must not be given to it.
  if (earlier && !resumed) endSession(state, earlier);
  if (taken?.state.client?.hasWill) {
    settleWill(state, taken.state.id, false, resumed ? "went on with another" : "ends");
  }
  const session = resumed ?? newSession(state, holder, clientId, expirySeconds);
  if (resumed) cancelDelayedWills(state, resumed);
  state.unconnected.delete(connection);
  session.connection = connection;
  session.holder = holder;
  session.endsAt = null;
  session.awaitedConnectionId = null;
  session.state.rowConnectionId = session.deadConnectionId;
  session.deadConnectionId = null;
  session.state.expirySeconds = expirySeconds;
  connection.session = session;
  connection.state.session = session.state;
  if (session.isPersistent) session.isStored = true;
  state.sessionChanged(session);
  return { session, isPresent: resumed !== null };
}

/** Whether a session is there for its client to find again. */
function goesOn(state: BrokerState, session: Session, cleanStart: boolean): boolean {
  return !cleanStart && session.isPersistent && !session.hasExpired(state.now);
}

function newSession(state: BrokerState, holder: Holder, clientId: string, expirySeconds: number): Session {
  const session = new Session(holder, newSessionState(clientId, expirySeconds), null);
  state.sessions.set(session.key, session);
  return session;
}

function takeOver(state: BrokerState, connection: Connection): void {
  const reason = "The same client id connected again.";
  state.end(connection, { reasonCode: reasonCode.sessionTakenOver, reason, tellPeer: true, dropWill: false });
  connection.session = null;
  connection.state.session = null;
}

/** A connection has ended. Its session goes on without it, or ends too. */
export function leaveSession(state: BrokerState, connection: Connection, dropWill: boolean): void {
  const { session } = connection;
  const fate = !session ? "went on with another" : session.isPersistent ? "goes on without it" : "ends";
  if (session) {
    session.connection = null;
    connection.session = null;
    connection.state.session = null;
  }
  if (connection.state.client?.hasWill) settleWill(state, connection.state.id, dropWill, fate);
  if (!session) return;
  if (!session.isPersistent) return endSession(state, session);
  rest(state, session);
  state.sessionChanged(session);
}

/** From now on the session waits for its client. */
export function rest(state: BrokerState, session: Session): void {
  const { expirySeconds } = session.state;
  session.endsAt = expirySeconds === neverExpires ? null : state.now + expirySeconds * 1000;
  if (session.endsAt !== null) state.deadlines.due(session.endsAt);
}

/** Forgets a session; unacknowledged messages of shared subscriptions go to other members. */
export function endSession(state: BrokerState, session: Session): void {
  const { key, state: own } = session;
  state.sessions.delete(key);
  for (const topicFilter of session.subscriptions.keys()) state.index.remove(session, topicFilter);
  if (session.connection) session.connection.session = null;
  session.connection = null;
  publishDelayedWills(state, session);
  if (session.isStored || own.hasQueue) forgetQueue(state, key);
  if (session.isStored || own.tableSubscriptions > 0) state.subscriptions.deleteAll(key);
  if (session.isStored) state.storedSessions.delete(key);
  session.isStored = false;
}

/** QoS 1 goes to another member [MQTT-4.8.2-5], QoS 2 to nobody [MQTT-4.8.2-6]. */
export function forgetQueue(state: BrokerState, key: string): void {
  const shared = state.queued.shared(key);
  state.queued.deleteAll(key);
  for (const { message, share } of shared) {
    const group = share === null ? null : state.index.group(share);
    if (group && !(message.expiresAt !== null && message.expiresAt <= state.now)) deliverShared(state, group, message);
  }
}

/** Writes the row of a session, if it says something else. */
export function saveSession(state: BrokerState, session: Session): void {
  session.rowChanged = false;
  if (!session.isStored) return;
  const { connection, endsAt } = session;
  const { clientId, expirySeconds, rowConnectionId, lastSeq, sentSeq, sentBeforeSeq, received, dropped } =
    session.state;
  const row = {
    key: session.key,
    holderId: session.holder.id,
    clientId,
    expirySeconds,
    connectionId: connection && (rowConnectionId ?? connection.state.id),
    endsAt,
    lastSeq,
    sentSeq: Math.max(sentSeq, sentBeforeSeq),
    received: [...received],
    dropped,
  };
  if (!connection) {
    session.deadConnectionId = null;
    if (endsAt !== null) state.deadlines.due(endsAt);
  }
  if (session.row && isSameRow(session.row, row)) return;
  session.row = row;
  state.storedSessions.write(row);
}

/** Reads all stored sessions back, once after a wake, as if nobody were connected: see attach. */
export function loadSessions(state: BrokerState): void {
  const stored = state.storedSessions.all();
  for (const row of stored) {
    const { clientId, expirySeconds, lastSeq, sentSeq, received, dropped, holderId } = row;
    // A list of its own: the one of the row is compared with it later.
    const own = {
      ...newSessionState(clientId, expirySeconds),
      lastSeq,
      sentSeq,
      received: [...received],
      dropped,
    };
    const holder: Holder = holderId.startsWith("dev_")
      ? { kind: "device", id: holderId, gen: 0 }
      : { kind: "app", id: holderId };
    const session = new Session(holder, own, null);
    session.isStored = true;
    session.isMeasured = false;
    session.endsAt = row.endsAt;
    session.awaitedConnectionId = row.connectionId;
    session.row = row;
    state.sessions.set(session.key, session);
  }
  if (stored.length === 0) return;
  for (const { sessionKey: owner, topicFilter, options } of state.subscriptions.all()) {
    const session = state.sessions.get(owner);
    if (session) enterSubscription(state, session, topicFilter, options);
  }
}

function enterSubscription(state: BrokerState, session: Session, topicFilter: string, options: number): void {
  session.subscriptions.set(topicFilter, options);
  state.index.add(session, topicFilter, options);
}

/** Gives a connection that was read back from its socket its session again, unless it has gone on to another one. */
export function attach(state: BrokerState, connection: Connection, own: SessionState): void {
  const holder = connection.state.client?.admission.holder ?? { kind: "app", id: "" };
  const stored = state.sessions.get(sessionKey(holder, own.clientId));
  if (stored && stored.awaitedConnectionId !== (own.rowConnectionId ?? connection.state.id)) {
    connection.state.session = null;
    return;
  }
  const session = stored ?? new Session(holder, own, null);
  own.lastSeq = Math.max(own.lastSeq, session.state.lastSeq);
  session.state = own;
  session.holder = holder;
  session.isMeasured = true;
  session.awaitedConnectionId = null;
  session.lastBeforeWait = null;
  session.connection = connection;
  connection.session = session;
  if (stored) return;
  state.sessions.set(session.key, session);
  const further = own.tableSubscriptions > 0 ? state.subscriptions.read(session.key) : [];
  for (const [topicFilter, options] of [...own.subscriptions, ...further]) {
    enterSubscription(state, session, topicFilter, options);
  }
}

/**
 * A session whose connection is dead: what it was sent may have been lost. It was sent in order, and never more than may be in
 * flight: what waits behind that has not left yet.
 */
export function loseTrack(state: BrokerState, session: Session): void {
  session.awaitedConnectionId = null;
  const { state: own } = session;
  own.sentSeq = 0;
  session.isMeasured = false;
  measure(state, session);
  const sentAtMost = state.queued.nth(session.key, maxInFlight) ?? own.lastSeq;
  own.sentBeforeSeq = Math.min(sentAtMost, session.lastBeforeWait ?? sentAtMost);
  session.lastBeforeWait = null;
}
