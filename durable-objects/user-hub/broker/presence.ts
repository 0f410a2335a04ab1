// Presence: whether a device is connected. Computed from the live connections, never stored; a new subscriber gets it as
// if it were retained.
import { type Presence, presenceTopic } from "../../../src/domain/presence.ts";
import { matchesFilter } from "../../../src/domain/topics.ts";
import type { Connection } from "../connection.ts";
import { deliver, deliverToSubscribers } from "./delivery.ts";
import { type Message, textMessage } from "./message.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";
import type { Delivery } from "./subscription-index.ts";

/** The presence of a device as of now. */
export function presenceOf(state: BrokerState, deviceId: string): Presence {
  if (state.isOnline(deviceId)) return { online: true, lastSeenAt: state.now };
  const seenAt = Math.max(0, ...state.parts.map((part) => part.seenAt?.(deviceId) ?? 0));
  return { online: false, lastSeenAt: Math.max(state.lastSeen.read(deviceId) ?? 0, seenAt) || null };
}

/** The device that goes online with this connection; null if it is online already, or the connection is an app's. */
export function comesOnline(state: BrokerState, connection: Connection): string | null {
  const holder = connection.state.client?.admission.holder;
  return holder?.kind === "device" && !state.isOnline(holder.id) ? holder.id : null;
}

/** Whether a part must hear of it when this device goes. */
export function isWatched(state: BrokerState, deviceId: string): boolean {
  return state.parts.some((part) => part.watchesPresence?.(deviceId));
}

/** The same of the device whose presence topic this is; false for any other topic. */
export function isWatchedTopic(state: BrokerState, topic: string): boolean {
  const deviceId = /^devices\/([^/]+)\/presence$/.exec(topic)?.[1];
  return deviceId !== undefined && isWatched(state, deviceId);
}

/** Tells subscribers and parts that a device came or went. */
export function announcePresence(state: BrokerState, deviceId: string): void {
  for (const part of state.parts) part.presenceChanged?.(deviceId);
  deliverToSubscribers(state, presenceMessage(state, deviceId), null);
}

/** Sends the presence of every device whose presence topic is under the filter. */
export function deliverPresence(state: BrokerState, session: Session, topicFilter: string, delivery: Delivery): void {
  for (const deviceId of devicesUnder(state, topicFilter)) {
    deliver(state, session, presenceMessage(state, deviceId), delivery, true);
  }
}

function presenceMessage(state: BrokerState, deviceId: string): Message {
  return textMessage(presenceTopic(deviceId), JSON.stringify(presenceOf(state, deviceId)), { qos: 1, retain: true });
}

/** Devices the hub admits whose presence topic matches. Most filters are ruled out without reading a row. */
function* devicesUnder(state: BrokerState, topicFilter: string): Iterable<string> {
  const [first, second = "#"] = topicFilter.split("/");
  const named = first === "#" || second === "+" || second === "#" ? null : second;
  if (!matchesFilter(topicFilter, presenceTopic(named ?? "any"))) return;
  if (named === null) yield* state.credentials.deviceIds();
  else if (named.startsWith("dev_") && state.credentials.read(named)?.gen != null) yield named;
}

/** Whether a filter can match the presence topic of any device. */
export function isPresenceFilter(topicFilter: string): boolean {
  const levels = topicFilter.split("/");
  const pattern = ["devices", "+", "presence"];
  for (let i = 0; i < levels.length; i++) {
    if (levels[i] === "#") return true;
    if (i >= pattern.length) return false;
    if (levels[i] !== "+" && pattern[i] !== "+" && levels[i] !== pattern[i]) return false;
  }
  return levels.length === pattern.length;
}
