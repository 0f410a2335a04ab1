// Wills: published when a connection ends without having said goodbye, at once or after a delay during which the client may
// come back. Rows, since a will must outlive a crash of the hub.
import { mayPublish, type Subject } from "../../../src/domain/access.ts";
import type { Will } from "../../../src/protocols/mqtt/connect.ts";
import { MqttError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { isUtf8 } from "../../../src/protocols/mqtt/utf-8.ts";
import type { Will as StoredWill } from "../tables/wills.ts";
import { expiryOf } from "./message.ts";
import { publish } from "./publish.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";

/** Throws what CONNACK has to say of a will that cannot be kept. */
export function checkWill(subject: Subject, will: Will): void {
  if (!mayPublish(subject, will.topic)) {
    throw new MqttError(reasonCode.notAuthorized, "The will's topic may not be published to with this credential.");
  }
  if (will.payloadIsUtf8 && !isUtf8(will.payload)) {
    throw new MqttError(reasonCode.payloadFormatInvalid, "The will's payload is said to be UTF-8 and is not.");
  }
}

export function keepWill(state: BrokerState, connectionId: string, session: Session, will: Will): void {
  const { topic, payload, qos, retain, properties, expirySeconds, delaySeconds } = will;
  const message = { topic, topicBytes: null, payload, qos, retain, properties, expiresAt: null };
  state.wills.write({ connectionId, sessionKey: session.key, delaySeconds, dueAt: null, expirySeconds, message });
  state.willTopics.set(connectionId, topic);
}

/** What becomes of the session when a connection with a will ends. */
type SessionFate = "goes on without it" | "went on with another" | "ends";

/**
 * A connection has ended. Its will is dropped after a goodbye; it waits for its delay if its session goes on, is forgotten if
 * the client has come back before that [MQTT-3.1.3-9], and is published in all other cases [MQTT-3.1.2-8].
 */
export function settleWill(state: BrokerState, connectionId: string, drop: boolean, fate: SessionFate): void {
  state.willTopics.delete(connectionId);
  const will = state.wills.read(connectionId);
  if (!will) return;
  if (drop || (will.delaySeconds > 0 && fate === "went on with another")) return state.wills.delete(connectionId);
  if (will.delaySeconds === 0 || fate === "ends") return publishWill(state, will);
  const dueAt = state.now + will.delaySeconds * 1000;
  state.wills.postpone(connectionId, dueAt);
  state.deadlines.wills.set(connectionId, { connectionId, sessionKey: will.sessionKey, dueAt });
  state.deadlines.due(dueAt);
}

/** As the client's own message: a session of its own that asks for no local does not get it. */
function publishWill(state: BrokerState, { connectionId, sessionKey, message, expirySeconds }: StoredWill): void {
  state.wills.delete(connectionId);
  state.deadlines.wills.delete(connectionId);
  const publisher = state.sessions.get(sessionKey) ?? null;
  publish(state, { ...message, expiresAt: expiryOf(expirySeconds, state.now) }, publisher, { canRefuse: false });
}

/** The client is back: wills that wait for their delay are forgotten. */
export function cancelDelayedWills(state: BrokerState, session: Session): void {
  for (const { connectionId } of delayedWillsOf(state, session)) {
    state.wills.delete(connectionId);
    state.deadlines.wills.delete(connectionId);
  }
}

/** The session ends, and with it every delay. */
export function publishDelayedWills(state: BrokerState, session: Session): void {
  for (const { connectionId } of delayedWillsOf(state, session)) publishDelayedWill(state, connectionId);
}

export function publishDelayedWill(state: BrokerState, connectionId: string): void {
  state.deadlines.wills.delete(connectionId);
  const will = state.wills.read(connectionId);
  if (will) publishWill(state, will);
}

function delayedWillsOf(state: BrokerState, { key }: Session) {
  return [...state.deadlines.wills.values()].filter(({ sessionKey }) => sessionKey === key);
}
