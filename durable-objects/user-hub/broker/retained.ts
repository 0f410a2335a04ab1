// Retained messages: kept when published, sent to whoever subscribes.
import type { Connection } from "../connection.ts";
import { matchesFilter } from "../../../src/domain/topics.ts";
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import { deliver } from "./delivery.ts";
import type { Message } from "./message.ts";
import type { BrokerState } from "./state.ts";

/**
 * Keeps a message as the last one of its topic; an empty payload removes it [MQTT-3.3.1-6]. The same message again
 * writes nothing. False: the hub holds as many as it may.
 */
export function retain(state: BrokerState, message: Message): boolean {
  if (message.payload.length === 0) {
    if (state.retained.delete(message.topic) && state.retainedCount !== null) state.retainedCount--;
    return true;
  }
  const present = state.retained.read(message.topic);
  if (present && isSame(present, message)) return true;
  if (!present && !makeRoom(state)) return false;
  state.retained.write(message);
  if (!present && state.retainedCount !== null) state.retainedCount++;
  return true;
}

function makeRoom(state: BrokerState): boolean {
  const { maxRetainedMessages } = state.settings;
  state.retainedCount ??= state.retained.count();
  if (state.retainedCount < maxRetainedMessages) return true;
  state.retained.deleteExpired(state.now);
  state.retainedCount = state.retained.count();
  return state.retainedCount < maxRetainedMessages;
}

function isSame(a: Message, b: Message): boolean {
  return (
    a.expiresAt === b.expiresAt &&
    a.qos === b.qos &&
    isSameBytes(a.payload, b.payload) &&
    isSameBytes(a.properties, b.properties)
  );
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Sends what is retained under a filter, marked as retained [MQTT-3.3.1-8]. */
export function deliverRetained(state: BrokerState, connection: Connection, topicFilter: string, granted: QoS): void {
  for (const message of retainedUnder(state, topicFilter)) {
    if (message.expiresAt !== null && message.expiresAt <= state.now) continue;
    deliver(state, connection, message, Math.min(granted, message.qos) as QoS, true);
  }
}

function* retainedUnder(state: BrokerState, topicFilter: string): Iterable<Message> {
  const wildcard = topicFilter.search(/[+#]/);
  if (wildcard < 0) {
    const message = state.retained.read(topicFilter);
    if (message) yield message;
    return;
  }
  // `a/#` matches `a` too: the prefix is what stands before the wildcard and its slash.
  const prefix = topicFilter.slice(0, Math.max(0, wildcard - 1));
  for (const message of state.retained.readPrefix(prefix)) {
    if (matchesFilter(topicFilter, message.topic)) yield message;
  }
}
