// SUBSCRIBE and UNSUBSCRIBE: checks each filter, keeps it where it survives hibernation, and sends what is retained.
import { maySubscribe, type Subject } from "../../../src/domain/access.ts";
import { isTopicFilter } from "../../../src/domain/topics.ts";
import type { Subscribe, SubscriptionRequest, Unsubscribe } from "../../../src/protocols/mqtt/client-packets.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeSuback, encodeUnsuback } from "../../../src/protocols/mqtt/server-packets.ts";
import type { ClientState, Connection } from "../connection.ts";
import { maxFilterLevels } from "../limits.ts";
import { deliver } from "./delivery.ts";
import { deliverPresence } from "./presence.ts";
import { watchSilenceFor } from "./keep-alive.ts";
import { deliverRetained } from "./retained.ts";
import { hasRoomFor, type Session } from "./session.ts";
import { isShareName, splitShare } from "./shared-subscriptions.ts";
import type { BrokerState } from "./state.ts";
import { type Delivery, deliveryOf, packOptions } from "./subscription-index.ts";

export function handleSubscribe(
  state: BrokerState,
  connection: Connection,
  session: Session,
  { packetId, subscriptions, subscriptionId }: Subscribe,
): void {
  const toSend: { topicFilter: string; delivery: Delivery }[] = [];
  const codes = subscriptions.map((request) => {
    const made = subscribe(state, connection, session, { ...request, subscriptionId });
    if (typeof made === "number") return made;
    const { topicFilter, retainHandling } = request;
    const { delivery } = made;
    if (retainHandling === 0 || (retainHandling === 1 && made.isNew)) toSend.push({ topicFilter, delivery });
    return delivery.qos;
  });
  const { version } = connection.state.client as ClientState;
  state.send(connection, encodeSuback(version, packetId, codes));
  for (const { topicFilter, delivery } of toSend) deliverStored(state, session, topicFilter, delivery);
}

/** Makes one subscription, or says by a reason code why not. */
export function subscribe(
  state: BrokerState,
  connection: Connection,
  session: Session,
  request: Omit<SubscriptionRequest, "retainHandling"> & { subscriptionId: number | null },
): { delivery: Delivery; isNew: boolean } | number {
  const refusal = refusalOf(state, connection, session, request.topicFilter);
  if (refusal !== null) return refusal;
  const options = packOptions(request);
  const isNew = !session.subscriptions.has(request.topicFilter);
  keep(state, session, request.topicFilter, options);
  return { delivery: deliveryOf(options), isNew };
}

/** Sends what a new subscriber finds: retained messages, and the presence of devices. Not to shared subscriptions (§4.8.2). */
export function deliverStored(state: BrokerState, session: Session, topicFilter: string, delivery: Delivery): void {
  if (splitShare(topicFilter)) return;
  deliverRetained(state, session, topicFilter, delivery);
  deliverPresence(state, session, topicFilter, delivery);
  for (const part of state.parts) {
    for (const message of part.stored?.(topicFilter) ?? []) deliver(state, session, message, delivery, true);
  }
}

/** Why a subscription is not made, as SUBACK says it; null: it is. */
function refusalOf(
  state: BrokerState,
  connection: Connection,
  { subscriptions }: Session,
  topicFilter: string,
): number | null {
  const share = splitShare(topicFilter);
  const inner = share?.topicFilter ?? topicFilter;
  if (share && !isShareName(share.name)) return reasonCode.topicFilterInvalid;
  if (!isTopicFilter(inner) || inner.split("/").length > maxFilterLevels) return reasonCode.topicFilterInvalid;
  const subject = state.subjectOf(connection);
  if (!maySubscribe(subject, inner)) return reasonCode.notAuthorized;
  // It would take messages away from the owner's own.
  if (share && subject.kind === "app" && subject.grants !== null) return reasonCode.notAuthorized;
  const isFull = subscriptions.size >= state.settings.maxSubscriptions && !subscriptions.has(topicFilter);
  return isFull ? reasonCode.quotaExceeded : null;
}

/** Enters a subscription; the same filter again replaces its options [MQTT-3.8.4-3]. */
export function keep(state: BrokerState, session: Session, topicFilter: string, options: number): void {
  if (session.subscriptions.get(topicFilter) === options) return;
  const isNew = !session.subscriptions.has(topicFilter);
  session.subscriptions.set(topicFilter, options);
  state.index.add(session, topicFilter, options);
  const { state: own } = session;
  const inAttachment = own.subscriptions.find(([known]) => known === topicFilter);
  if (inAttachment) inAttachment[1] = options;
  else if (isNew && !session.isStored && hasRoomFor(own.subscriptions, topicFilter)) {
    own.subscriptions.push([topicFilter, options]);
  } else {
    state.subscriptions.write(session.key, [topicFilter, options]);
    if (isNew) own.tableSubscriptions++;
  }
  if (session.connection) state.changed(session.connection);
  watchSilenceFor(state, splitShare(topicFilter)?.topicFilter ?? topicFilter);
}

export function handleUnsubscribe(
  state: BrokerState,
  connection: Connection,
  session: Session,
  packet: Unsubscribe,
): void {
  const codes = packet.topicFilters.map((topicFilter) =>
    unsubscribe(state, session, topicFilter) ? reasonCode.success : reasonCode.noSubscriptionExisted,
  );
  const { version } = connection.state.client as ClientState;
  state.send(connection, encodeUnsuback(version, packet.packetId, codes));
}

/** Removes a subscription; false: there was none. */
export function unsubscribe(state: BrokerState, session: Session, topicFilter: string): boolean {
  if (!session.subscriptions.delete(topicFilter)) return false;
  state.index.remove(session, topicFilter);
  const { state: own } = session;
  const at = own.subscriptions.findIndex(([known]) => known === topicFilter);
  if (at >= 0) own.subscriptions.splice(at, 1);
  else {
    state.subscriptions.delete(session.key, topicFilter);
    own.tableSubscriptions--;
  }
  if (session.connection) state.changed(session.connection);
  return true;
}

/** Removes the subscriptions that a session's rights no longer cover. */
export function forgetForbidden(state: BrokerState, session: Session, subject: Subject): void {
  for (const topicFilter of session.subscriptions.keys()) {
    const inner = splitShare(topicFilter)?.topicFilter ?? topicFilter;
    if (!maySubscribe(subject, inner)) unsubscribe(state, session, topicFilter);
  }
}
