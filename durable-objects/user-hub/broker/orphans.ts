// Sessions whose connections died with the object, in a crash or a deploy. Most of their clients come back within seconds, and
// thousands of hubs are then connected to at once: what a client that comes back makes needless is not written before.
import { neverExpires } from "../../../src/protocols/mqtt/connect.ts";
import { closeAfterWakeMs, keepOrphansMs } from "../limits.ts";
import { connectionsWithRows, deleteConnectionRows, sessionsWithRowsAlone } from "../tables/connection-rows.ts";
import type { Session } from "./session.ts";
import { endSession, forgetQueue, loseTrack } from "./session-life.ts";
import type { BrokerState } from "./state.ts";
import { settleWill } from "./wills.ts";

/**
 * Settles what dead connections left behind. Not on wake: a socket that its peer has just closed is not among the living, but
 * its last packet and its close event are still to come.
 */
export function settleOrphans(state: BrokerState): void {
  const live = new Set([...state.connections.values()].map((connection) => connection.state.id));
  const { deadlines, now } = state;
  for (const session of state.sessions.values()) {
    orphan(state, session);
    if (session.deadConnectionId === null) continue;
    deadlines.orphansAt = Math.min(
      deadlines.orphansAt,
      now + keepOrphansMs,
      session.endsAt ?? Number.POSITIVE_INFINITY,
    );
    deadlines.due(deadlines.orphansAt);
  }
  for (const connectionId of state.willTopics.keys()) {
    if (live.has(connectionId)) continue;
    const key = state.wills.read(connectionId)?.sessionKey ?? "";
    settleWill(state, connectionId, false, state.sessions.has(key) ? "goes on without it" : "ends");
  }
  for (const id of connectionsWithRows(state.sql)) if (!live.has(id)) deleteConnectionRows(state.sql, id);
  for (const key of sessionsWithRowsAlone(state.sql)) {
    if (state.sessions.has(key)) continue;
    forgetQueue(state, key);
    state.subscriptions.deleteAll(key);
  }
}

/**
 * The connection of a stored session is dead: the time of the session begins now. Its row still says that it is connected. That
 * is what it will say again when the client has come back; keepOrphans writes those whose clients have not.
 */
function orphan(state: BrokerState, session: Session): void {
  const { awaitedConnectionId } = session;
  if (awaitedConnectionId === null) return;
  loseTrack(state, session);
  if (!session.isPersistent) return endSession(state, session);
  const { expirySeconds } = session.state;
  session.deadConnectionId = awaitedConnectionId;
  session.endsAt = expirySeconds === neverExpires ? null : state.now + expirySeconds * 1000;
}

/** Clients that have not come back by now are absent: their sessions' rows say so from now on, and until when they wait. */
export function keepOrphans(state: BrokerState): void {
  for (const session of state.sessions.values()) {
    orphan(state, session);
    if (session.deadConnectionId !== null) state.sessionChanged(session);
  }
  state.deadlines.orphansAt = Number.POSITIVE_INFINITY;
}

/**
 * After the first event of a wake: whatever close events were still to come come soon. Connections that are missing after that
 * are dead. So are those whose death had been found out before the hub slept; their sessions' time begins anew, by a minute at
 * most too late, since the alarm that was set then has woken the hub.
 */
export function watchMissing(state: BrokerState): void {
  for (const session of state.sessions.values()) {
    if (session.awaitedConnectionId === null) continue;
    state.deadlines.orphansAt = state.now + closeAfterWakeMs;
    return state.deadlines.due(state.deadlines.orphansAt);
  }
}
