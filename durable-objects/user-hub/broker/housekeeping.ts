// What is due by time rather than by a packet, and what a crash left behind.
import { deleteConnectionRows, connectionsWithRows, sessionsWithRowsAlone } from "../tables/connection-rows.ts";
import { endSession, forgetQueue, orphan } from "./session-life.ts";
import type { BrokerState } from "./state.ts";
import { publishDelayedWill, settleWill } from "./wills.ts";

/** Publishes wills whose delay is over, and ends sessions whose client did not come back in time. */
export function settleDue(state: BrokerState): void {
  const { deadlines, now } = state;
  if (now < deadlines.nextDueAt) return;
  for (const { connectionId, dueAt } of deadlines.wills.values()) {
    if (dueAt <= now) publishDelayedWill(state, connectionId);
  }
  for (const session of state.sessions.values()) if (session.hasExpired(now)) endSession(state, session);
  deadlines.nextDueAt = Number.POSITIVE_INFINITY;
  for (const part of state.parts) {
    const next = part.due?.(now) ?? null;
    if (next !== null) deadlines.due(next);
  }
  for (const { dueAt } of deadlines.wills.values()) deadlines.due(dueAt);
  for (const { connection, endsAt } of state.sessions.values()) {
    if (connection === null && endsAt !== null) deadlines.due(endsAt);
  }
}

/**
 * Settles what connections left behind that died with the object, in a crash or a deploy. Not on wake: a socket that
 * its peer has just closed is not among the living, but its last packet and its close event are still to come.
 */
export function settleOrphans(state: BrokerState): void {
  const live = new Set([...state.connections.values()].map((connection) => connection.state.id));
  for (const session of state.sessions.values()) {
    if (session.awaitedConnectionId !== null && !live.has(session.awaitedConnectionId)) orphan(state, session);
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
