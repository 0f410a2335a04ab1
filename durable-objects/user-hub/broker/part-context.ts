// What the broker offers to the parts of its hub.
import type { PartContext } from "../part.ts";
import { collectWaiting } from "./check-in-session.ts";
import { deliverToSubscribers, hasSubscribers } from "./delivery.ts";
import { watchAllSilence } from "./keep-alive.ts";
import { announcePresence, isWatchedTopic, presenceOf } from "./presence.ts";
import { publish } from "./publish.ts";
import type { BrokerState } from "./state.ts";

export function partContext(state: BrokerState): PartContext {
  return {
    now: () => state.now,
    say: (message) => publish(state, message, null, { canRefuse: true }),
    sayFor: (message, publisher) => publish(state, message, publisher?.session ?? null, { canRefuse: true }),
    handlersChanged: () => state.index.forgetHandlers(),
    later: (act) => void state.later.push(act),
    isOnline: (deviceId) => state.isConnected(deviceId),
    isPresent: (deviceId) => state.isOnline(deviceId),
    tell: (message) => void deliverToSubscribers(state, message, null),
    announcePresence: (deviceId) => announcePresence(state, deviceId),
    hasSubscribers: (topic) => hasSubscribers(state, topic) || isWatchedTopic(state, topic),
    lastSeenAt: (deviceId) => presenceOf(state, deviceId).lastSeenAt,
    watchPresence: () => watchAllSilence(state),
    isFeedWatched: (deviceId) => state.index.isFeedWatched(deviceId),
    recordMessages: (isWanted) => {
      state.recordsMessages = isWanted;
    },
    credentialOf: (deviceId) => state.credentials.read(deviceId),
    collectWaiting: (deviceId, options) => collectWaiting(state, deviceId, options),
    carryUsage: (deviceId, present) => state.meter.carryAlong(deviceId, present),
    wakeAt: (at) => state.deadlines.due(at),
    connections: () => state.connections.values(),
    changed: (connection) => state.changed(connection),
  };
}
