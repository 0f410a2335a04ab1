// How long connections last. Silence: a client that sends nothing for one and a half times its keep alive is gone [MQTT-3.1.2-22]. That is noticed whenever the
// hub is awake; it is woken for it only if somebody would notice, for a wake-up costs money.
import { presenceTopic } from "../../../src/domain/presence.ts";
import { matchesFilter } from "../../../src/domain/topics.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { Connection } from "../connection.ts";
import { exactKeepAliveSeconds } from "../limits.ts";
import { isPresenceFilter, isWatched } from "./presence.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";

/** `lastSeenAt` lags by this much, so that a busy connection does not write its attachment with every frame. */
export const lastSeenPrecisionMs = 1000;

/** The share of its time that a bounded connection may end before. */
const earlierShare = 0.2;

/** When a connection has been silent for too long; null: it may be silent for ever. */
function silentAt({ state: { client, lastSeenAt } }: Connection): number | null {
  const seconds = client?.keepAliveSeconds ?? 0;
  return seconds === 0 ? null : lastSeenAt + lastSeenPrecisionMs + seconds * 1500;
}

/**
 * Bounds a connection, if the deployment or its client wants that: it ends up to a fifth before its time, each at a moment of
 * its own, so that those that came together do not come back together. No alarm is set for it: traffic and other alarms find it.
 */
export function boundConnection(state: BrokerState, { state: own }: Connection, askedSeconds: number | null): void {
  const { maxConnectionSeconds } = state.settings;
  const bounds = [maxConnectionSeconds || Number.POSITIVE_INFINITY, askedSeconds ?? Number.POSITIVE_INFINITY];
  const seconds = Math.min(...bounds);
  if (seconds === Number.POSITIVE_INFINITY) return;
  own.endsAt = Math.ceil(state.now + seconds * 1000 * (1 - earlierShare * shareOf(own.id)));
  state.deadlines.nextSilenceAt = Math.min(state.deadlines.nextSilenceAt, own.endsAt);
}

/** From 0 up to 1, by the id's random end. */
function shareOf(id: string): number {
  return Number.parseInt(id.slice(-4), 36) / 36 ** 4;
}

/** Ends connections that are silent or whose time is over. Looks at all of them once a second at most, and only when one may be due. */
export function endSilent(state: BrokerState): void {
  const { deadlines, now } = state;
  if (now < deadlines.nextSilenceAt) return;
  let next = Number.POSITIVE_INFINITY;
  for (const connection of state.connections.values()) {
    if (connection.ended) continue;
    const endsAt = connection.state.endsAt ?? Number.POSITIVE_INFINITY;
    const at = silentAt(connection) ?? Number.POSITIVE_INFINITY;
    if (endsAt <= now) {
      const reason = "The connection has lasted as long as it may. Come again: the session is kept as agreed.";
      state.end(connection, { reasonCode: reasonCode.maximumConnectTime, reason, tellPeer: true, dropWill: false });
    } else if (at <= now) {
      const reason = "Nothing was heard for one and a half times the keep alive.";
      state.end(connection, { reasonCode: reasonCode.keepAliveTimeout, reason, tellPeer: true, dropWill: false });
    } else next = Math.min(next, at, endsAt);
  }
  deadlines.nextSilenceAt = Math.max(next, now + lastSeenPrecisionMs);
}

/** A client has come: its silence may be the first to be noticed. */
export function watchSilence(state: BrokerState, connection: Connection): void {
  const at = silentAt(connection);
  if (at === null) return;
  state.deadlines.nextSilenceAt = Math.min(state.deadlines.nextSilenceAt, at);
  const wanted = alarmFor(state, connection, at);
  if (wanted !== null) state.deadlines.wantAlarm(wanted);
}

/** After an alarm, and when somebody begins to watch: the next alarm that silence needs. */
export function watchAllSilence(state: BrokerState): void {
  for (const connection of state.connections.values()) if (!connection.ended) watchSilence(state, connection);
}

/** Somebody subscribes to this: what depends on a client that is silent may be noticed earlier from now on. */
export function watchSilenceFor(state: BrokerState, topicFilter: string): void {
  if (isPresenceFilter(topicFilter)) return watchAllSilence(state);
  for (const connection of state.connections.values()) {
    const topic = connection.state.client?.hasWill ? state.willTopics.get(connection.state.id) : undefined;
    if (topic !== undefined && !connection.ended && matchesFilter(topicFilter, topic)) watchSilence(state, connection);
  }
}

/**
 * When to wake for a connection: exactly while a connected client would notice, because it watches the device's presence or
 * subscribes to the will's topic; later, and so for many at once, when a will or the subscription of an absent client depends
 * on it; otherwise never.
 */
function alarmFor(state: BrokerState, connection: Connection, at: number): number | null {
  const { presenceSweepSeconds } = state.settings;
  const { client, id } = connection.state;
  if (!client) return null;
  if (presenceSweepSeconds === 0 || client.keepAliveSeconds <= exactKeepAliveSeconds) return at;
  const { holder } = client.admission;
  const watchers = holder.kind === "device" ? subscribersOf(state, presenceTopic(holder.id)) : [];
  const willTopic = client.hasWill ? state.willTopics.get(id) : undefined;
  if (willTopic !== undefined) watchers.push(...subscribersOf(state, willTopic));
  if (watchers.some((session) => session.connection !== null && session.connection !== connection)) return at;
  const isRuled = holder.kind === "device" && isWatched(state, holder.id);
  const isSwept = client.hasWill || isRuled || watchers.some((session) => session.connection === null);
  return isSwept ? Math.max(at, state.now + presenceSweepSeconds * 1000) : null;
}

function subscribersOf(state: BrokerState, topic: string): Session[] {
  const { all, groups } = state.index.receivers(topic);
  return [...all.map(({ session }) => session), ...groups.flatMap(({ members }) => [...members.keys()])];
}
