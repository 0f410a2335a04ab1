// What is due by time rather than by a packet.
import { keepOrphans } from "./orphans.ts";
import { endSession } from "./session-life.ts";
import type { BrokerState } from "./state.ts";
import { publishDelayedWill } from "./wills.ts";

/** Publishes wills whose delay is over, and ends sessions whose client did not come back in time. */
export function settleDue(state: BrokerState): void {
  const { deadlines, now } = state;
  if (now < deadlines.nextDueAt) return;
  if (now >= deadlines.orphansAt) keepOrphans(state);
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
  if (deadlines.orphansAt !== Number.POSITIVE_INFINITY) deadlines.due(deadlines.orphansAt);
  for (const { connection, endsAt, deadConnectionId } of state.sessions.values()) {
    if (connection === null && endsAt !== null && deadConnectionId === null) deadlines.due(endsAt);
  }
}
