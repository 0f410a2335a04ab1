// Wills: published when a connection ends without having said goodbye. A session ends with its connection here, so a
// delay never applies: the will is due at once [MQTT-3.1.3-9].
import { mayPublish, type Subject } from "../../../src/domain/access.ts";
import type { Will } from "../../../src/protocols/mqtt/connect.ts";
import { MqttError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { expiryOf } from "./message.ts";
import { publish } from "./publish.ts";
import type { BrokerState } from "./state.ts";

/** Throws what CONNACK has to say of a will that cannot be kept. */
export function checkWill(subject: Subject, will: Will): void {
  if (will.qos > 1) throw new MqttError(reasonCode.qosNotSupported, "The will's QoS is above the maximum of 1.");
  if (!mayPublish(subject, will.topic)) {
    throw new MqttError(reasonCode.notAuthorized, "The will's topic may not be published to with this credential.");
  }
}

export function keepWill(state: BrokerState, connectionId: string, will: Will): void {
  const { topic, payload, qos, retain, properties, expirySeconds } = will;
  state.wills.write(connectionId, { topic, topicBytes: null, payload, qos, retain, properties, expirySeconds });
}

/** Takes a connection's will out of the table and publishes it, unless it is dropped. */
export function settleWill(state: BrokerState, connectionId: string, drop: boolean): void {
  const will = state.wills.take(connectionId);
  if (!will || drop) return;
  publish(state, { ...will, expiresAt: expiryOf(will.expirySeconds, state.now) }, null, { canRefuse: false });
}

/** Publishes the wills of connections that died with the object: a crash or a deploy is no goodbye. */
export function settleOrphanedWills(state: BrokerState, live: ReadonlySet<string>): void {
  for (const connectionId of state.wills.connectionIds()) {
    if (!live.has(connectionId)) settleWill(state, connectionId, false);
  }
}
