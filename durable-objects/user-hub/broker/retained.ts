// Retained messages: kept when published, sent to whoever subscribes.
import { matchesFilter } from "../../../src/domain/topics.ts";
import { queuedBytes } from "../tables/queued-messages.ts";
import { deliver } from "./delivery.ts";
import type { Message } from "./message.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";
import type { Delivery } from "./subscription-index.ts";

/** Bytes of the payloads of a page. */
const pageBytes = 4 * 1024 * 1024;

export interface RetainedPage {
  items: Pick<Message, "topic" | "payload" | "qos" | "expiresAt">[];
  /** Null: there is no more. */
  nextCursor: string | null;
}

/**
 * Keeps a message as the last one of its topic; an empty payload removes it [MQTT-3.3.1-6]. The same message again
 * writes nothing. False: the hub holds as many as it may.
 */
export function retain(state: BrokerState, message: Message): boolean {
  const present = state.retained.read(message.topic);
  if (message.payload.length === 0) {
    if (present) state.retained.delete(message.topic);
    if (present && state.retainedSize) resize(state.retainedSize, -1, -queuedBytes(present));
    return true;
  }
  if (present && isSame(present, message)) return true;
  const rows = present ? 0 : 1;
  const bytes = queuedBytes(message) - (present ? queuedBytes(present) : 0);
  if (!hasRoom(state, rows, bytes)) return false;
  state.retained.write(message);
  state.storeRate.take(1);
  if (state.retainedSize) resize(state.retainedSize, rows, bytes);
  return true;
}

function resize(size: { count: number; bytes: number }, rows: number, bytes: number): void {
  size.count += rows;
  size.bytes += bytes;
}

function hasRoom(state: BrokerState, rows: number, bytes: number): boolean {
  const { maxRetainedMessages, maxRetainedBytes } = state.settings;
  const has = ({ count, bytes: present }: { count: number; bytes: number }): boolean =>
    (rows === 0 || count + rows <= maxRetainedMessages) && (bytes <= 0 || present + bytes <= maxRetainedBytes);
  state.retainedSize ??= state.retained.size();
  if (has(state.retainedSize)) return true;
  state.retained.deleteExpired(state.now);
  state.retainedSize = state.retained.size();
  return has(state.retainedSize);
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
export function deliverRetained(state: BrokerState, session: Session, topicFilter: string, delivery: Delivery): void {
  for (const message of retainedUnder(state, topicFilter)) {
    if (message.expiresAt !== null && message.expiresAt <= state.now) continue;
    deliver(state, session, message, delivery, true);
  }
}

/** Some of all that is retained, after the topic with which the page before ended. */
export function retainedPage(state: BrokerState, after: string | null): RetainedPage {
  const page = state.retained.page(after ?? "", pageBytes);
  const items = page
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > state.now)
    .map(({ topic, payload, qos, expiresAt }) => ({ topic, payload, qos, expiresAt }));
  return { items, nextCursor: page.at(-1)?.topic ?? null };
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
