// What one client may publish a second, and what the hub can store a second. What is beyond is refused and counted, never
// queued: a noisy client must not slow its neighbours.
import type { ReasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { Connection } from "../connection.ts";
import type { Message } from "./message.ts";
import { Rate } from "./rate.ts";
import type { BrokerState } from "./state.ts";

/** Whether a connection has published as much as it may; otherwise this message is counted. */
export function isOverRate(state: BrokerState, connection: Connection, bytes: number): boolean {
  const { maxMessagesPerSecond, maxBytesPerSecond } = state.settings;
  const rates = (connection.rates ??= { messages: new Rate(maxMessagesPerSecond), bytes: new Rate(maxBytesPerSecond) });
  if (rates.messages.isSpent(state.now) || rates.bytes.isSpent(state.now)) return true;
  rates.messages.take(1);
  rates.bytes.take(bytes);
  return false;
}

/** Whether a message would have to be stored while the hub has stored as much as it can. */
export function refusesToStore(state: BrokerState, message: Message): boolean {
  if (message.qos === 0 && !message.retain) return false;
  if (!state.storeRate.isSpent(state.now)) return false;
  return message.retain || isKept(state, message);
}

/** Whether anybody gets it whose session outlives its connection, or who has to wait for it. */
function isKept(state: BrokerState, { topic }: Message): boolean {
  const { all, groups } = state.index.receivers(topic);
  return groups.length > 0 || all.some(({ session }) => session.isPersistent || session.state.waiting > 0);
}

/** Counts a message of a client that was not accepted, and says so to whoever watches. */
export function refused(state: BrokerState, connection: Connection, topic: string, code: ReasonCode): ReasonCode {
  if (connection.state.client) connection.state.client.refused++;
  state.changed(connection);
  for (const part of state.parts) part.refused?.(connection, topic, code);
  return code;
}
