// SUBSCRIBE and UNSUBSCRIBE: checks each filter, keeps it where it survives hibernation, and sends what is retained.
import { maySubscribe } from "../../../src/domain/access.ts";
import { isTopicFilter } from "../../../src/domain/topics.ts";
import type { Subscribe, SubscriptionRequest, Unsubscribe } from "../../../src/protocols/mqtt/client-packets.ts";
import { MqttError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeSuback, encodeUnsuback } from "../../../src/protocols/mqtt/server-packets.ts";
import { type Connection, type SessionState, hasRoomFor } from "../connection.ts";
import { maxFilterLevels } from "../limits.ts";
import { deliverPresence } from "./presence.ts";
import { maximumQoS } from "./publish.ts";
import { deliverRetained } from "./retained.ts";
import type { BrokerState } from "./state.ts";
import { packOptions } from "./subscription-index.ts";

export function handleSubscribe(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  packet: Subscribe,
): void {
  if (packet.subscriptionId !== null) {
    throw new MqttError(reasonCode.subscriptionIdentifiersNotSupported, "No subscription identifiers were offered.");
  }
  const toSend: { topicFilter: string; qos: QoS }[] = [];
  const codes = packet.subscriptions.map((request) => {
    const made = subscribe(state, connection, session, request);
    if (typeof made === "number") return made;
    const { topicFilter, retainHandling } = request;
    if (retainHandling === 0 || (retainHandling === 1 && made.isNew)) toSend.push({ topicFilter, qos: made.qos });
    return made.qos;
  });
  state.send(connection, encodeSuback(session.version, packet.packetId, codes));
  for (const { topicFilter, qos } of toSend) deliverStored(state, connection, topicFilter, qos);
}

/** Makes one subscription, or says by a reason code why not. */
export function subscribe(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  request: Omit<SubscriptionRequest, "retainHandling">,
): { qos: QoS; isNew: boolean } | number {
  const refusal = refusalOf(state, connection, request.topicFilter);
  if (refusal !== null) return refusal;
  const qos = Math.min(request.qos, maximumQoS) as QoS;
  const isNew = !connection.subscriptions.has(request.topicFilter);
  keep(state, connection, session, request.topicFilter, packOptions({ ...request, qos }));
  return { qos, isNew };
}

/** Sends what a new subscriber finds: retained messages, and the presence of devices. */
export function deliverStored(state: BrokerState, connection: Connection, topicFilter: string, qos: QoS): void {
  deliverRetained(state, connection, topicFilter, qos);
  deliverPresence(state, connection, topicFilter, qos);
}

/** Why a subscription is not made, as SUBACK says it; null: it is. */
function refusalOf(state: BrokerState, connection: Connection, topicFilter: string): number | null {
  if (topicFilter.startsWith("$share/")) return reasonCode.sharedSubscriptionsNotSupported;
  if (!isTopicFilter(topicFilter) || topicFilter.split("/").length > maxFilterLevels) {
    return reasonCode.topicFilterInvalid;
  }
  if (!maySubscribe(state.subjectOf(connection), topicFilter)) return reasonCode.notAuthorized;
  const { subscriptions } = connection;
  const isFull = subscriptions.size >= state.settings.maxSubscriptions && !subscriptions.has(topicFilter);
  return isFull ? reasonCode.quotaExceeded : null;
}

/** Enters a subscription; the same filter again replaces its options [MQTT-3.8.4-3]. */
function keep(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  topicFilter: string,
  options: number,
): void {
  if (connection.subscriptions.get(topicFilter) === options) return;
  const isNew = !connection.subscriptions.has(topicFilter);
  connection.subscriptions.set(topicFilter, options);
  state.index.add(connection, topicFilter, options);
  const inAttachment = session.subscriptions.find(([known]) => known === topicFilter);
  if (inAttachment) inAttachment[1] = options;
  else if (isNew && hasRoomFor(session.subscriptions, topicFilter)) session.subscriptions.push([topicFilter, options]);
  else {
    state.subscriptions.write(connection.state.id, [topicFilter, options]);
    connection.state.hasRows = true;
    if (isNew) session.tableSubscriptions++;
  }
  state.changed(connection);
}

export function handleUnsubscribe(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  packet: Unsubscribe,
): void {
  const codes = packet.topicFilters.map((topicFilter) =>
    unsubscribe(state, connection, session, topicFilter) ? reasonCode.success : reasonCode.noSubscriptionExisted,
  );
  state.send(connection, encodeUnsuback(session.version, packet.packetId, codes));
}

/** Removes a subscription; false: there was none. */
export function unsubscribe(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  topicFilter: string,
): boolean {
  if (!connection.subscriptions.delete(topicFilter)) return false;
  state.index.remove(connection, topicFilter);
  const at = session.subscriptions.findIndex(([known]) => known === topicFilter);
  if (at >= 0) session.subscriptions.splice(at, 1);
  else {
    state.subscriptions.delete(connection.state.id, topicFilter);
    session.tableSubscriptions--;
  }
  state.changed(connection);
  return true;
}

/** Removes the subscriptions that a connection's rights no longer cover. */
export function forgetForbidden(state: BrokerState, connection: Connection): void {
  const session = connection.state.session;
  if (!session) return;
  const subject = state.subjectOf(connection);
  for (const topicFilter of connection.subscriptions.keys()) {
    if (!maySubscribe(subject, topicFilter)) unsubscribe(state, connection, session, topicFilter);
  }
}
