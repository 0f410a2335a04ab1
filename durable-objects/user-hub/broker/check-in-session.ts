// The session of a device that polls: never connected, it collects what is sent to the device with QoS 1 or 2 while nobody
// listens. What a check-in was given stays until a later one acknowledges it.
import type { Holder } from "../connection.ts";
import type { QueuedMessage } from "../tables/queued-messages.ts";
import { measure } from "./queue.ts";
import { newSessionState, Session, sessionKey } from "./session.ts";
import { rest } from "./session-life.ts";
import type { BrokerState } from "./state.ts";
import { keep } from "./subscribe.ts";
import { packOptions } from "./subscription-index.ts";

/** No client has this id, for U+0000 is not allowed in one [MQTT-1.5.4-2]. */
const clientId = "\u0000check-in";

export interface CollectOptions {
  /** Messages up to this number have been dealt with; null: none have. */
  acknowledged: number | null;
  maxMessages: number;
  maxBytes: number;
}

export interface Collected {
  messages: QueuedMessage[];
  more: boolean;
}

/** What waits for a device, the oldest first; from the first time on, it is collected. */
export function collectWaiting(
  state: BrokerState,
  deviceId: string,
  { acknowledged, maxMessages, maxBytes }: CollectOptions,
): Collected {
  const session = openCheckInSession(state, deviceId);
  if (!session) return { messages: [], more: false };
  if (acknowledged !== null) acknowledge(state, session, acknowledged);
  const rows = state.queued.after(session.key, 0, maxMessages + 1).filter((row) => !dropIfLate(state, session, row));
  const messages: QueuedMessage[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, maxMessages)) {
    bytes += row.message.payload.length;
    if (bytes > maxBytes && messages.length > 0) break;
    messages.push(row);
  }
  return { messages, more: rows.length > messages.length };
}

/** Null: this hub keeps no sessions, or as many as it may. */
function openCheckInSession(state: BrokerState, deviceId: string): Session | null {
  const { maxSessionExpirySeconds, maxQueuedSeconds, maxSessions } = state.settings;
  const expirySeconds = Math.min(maxSessionExpirySeconds, maxQueuedSeconds);
  const holder: Holder = { kind: "device", id: deviceId, gen: 0 };
  const known = state.sessions.get(sessionKey(holder, clientId));
  if (known) {
    // Not with every check-in: it would be a row each time.
    if (known.endsAt === null || known.endsAt - state.now < expirySeconds * 500) {
      rest(state, known);
      state.sessionChanged(known);
    }
    return known;
  }
  if (expirySeconds === 0 || state.sessions.size >= maxSessions) return null;
  const session = new Session(holder, newSessionState(clientId, expirySeconds), null);
  // Cursors are never used again, not even by a session that comes after this one.
  session.state.lastSeq = state.now;
  session.isStored = true;
  state.sessions.set(session.key, session);
  rest(state, session);
  const options = packOptions({ qos: 1, noLocal: false, retainAsPublished: false, subscriptionId: null });
  keep(state, session, `devices/${deviceId}/set/#`, options);
  state.sessionChanged(session);
  return session;
}

/** A number that was never given acknowledges nothing. */
function acknowledge(state: BrokerState, session: Session, upTo: number): void {
  measure(state, session);
  if (upTo > session.state.lastSeq) return;
  if (state.queued.deleteUpTo(session.key, upTo) > 0) remeasure(state, session);
}

function dropIfLate(state: BrokerState, session: Session, { seq, message, queuedAt }: QueuedMessage): boolean {
  const isLate = message.expiresAt !== null && message.expiresAt <= state.now;
  if (!isLate && queuedAt + state.settings.maxQueuedSeconds * 1000 > state.now) return false;
  measure(state, session);
  state.queued.delete(session.key, seq);
  session.state.dropped++;
  remeasure(state, session);
  return true;
}

/** Messages are gone. The last number given goes into the session's row: an empty queue does not tell it. */
function remeasure(state: BrokerState, session: Session): void {
  session.isMeasured = false;
  state.sessionChanged(session);
}
