// The bounds of what waits for a client: a number, bytes, and the bytes of all clients together. The oldest go first.
import { queueRecountMs } from "../limits.ts";
import { countDropped } from "./receiver-limits.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";

/** Finds out how much waits, once after a wake. */
export function measure(state: BrokerState, session: Session): void {
  if (session.isMeasured) return;
  session.isMeasured = true;
  const { state: own } = session;
  const { waiting, bytes, lastSeq } = state.queued.measure(session.key, own.sentSeq);
  own.waiting = waiting;
  own.waitingBytes = bytes;
  own.lastSeq = Math.max(own.lastSeq, lastSeq);
  own.hasQueue ||= lastSeq > 0;
}

/** Makes room for one more message of that size. False: it has none. */
export function makeRoom(state: BrokerState, session: Session, bytes: number): boolean {
  const { state: own } = session;
  const { maxQueuedMessages, maxQueuedBytes } = state.settings;
  while (own.waiting >= maxQueuedMessages || own.waitingBytes + bytes > maxQueuedBytes || isFull(state, bytes)) {
    const dropped = bytes > maxQueuedBytes ? null : dropOldest(state, session);
    if (dropped === null) {
      count(state, session);
      return false;
    }
    if (state.queuedBytes) state.queuedBytes.bytes -= dropped;
  }
  if (state.queuedBytes) state.queuedBytes.bytes += bytes;
  return true;
}

/** Not what may have been sent already: the client may hold its packet id. */
function dropOldest(state: BrokerState, session: Session): number | null {
  const { state: own } = session;
  const bytes = state.queued.dropOldest(session.key, Math.max(own.sentSeq, own.sentBeforeSeq));
  if (bytes === null) return null;
  own.waiting--;
  own.waitingBytes -= bytes;
  count(state, session);
  return bytes;
}

function count(state: BrokerState, session: Session): void {
  session.state.dropped++;
  const { connection } = session;
  if (connection?.state.client) countDropped(state, connection, connection.state.client);
  else state.sessionChanged(session);
}

/** Acknowledged messages are not taken off the sum: it is counted anew before it is believed to be reached. */
function isFull(state: BrokerState, bytes: number): boolean {
  const { maxTotalQueuedBytes } = state.settings;
  const known = (state.queuedBytes ??= { bytes: state.queued.totalBytes(), countedAt: state.now });
  if (known.bytes + bytes <= maxTotalQueuedBytes) return false;
  if (state.now - known.countedAt < queueRecountMs) return true;
  state.queuedBytes = { bytes: state.queued.totalBytes(), countedAt: state.now };
  return state.queuedBytes.bytes + bytes > maxTotalQueuedBytes;
}
