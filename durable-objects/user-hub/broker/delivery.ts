// Outbound: one message to its receivers, at the QoS of each. QoS 0 leaves from here; the rest goes through outbound.ts.
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { ClientState, Connection, Packet } from "../connection.ts";
import type { Message } from "./message.ts";
import { sendOrQueue } from "./outbound.ts";
import { countDropped, fits, isReading } from "./receiver-limits.ts";
import type { Session } from "./session.ts";
import type { ShareGroup } from "./shared-subscriptions.ts";
import type { BrokerState } from "./state.ts";
import { type Delivery, deliveryOf } from "./subscription-index.ts";
import { aliasFor } from "./topic-aliases.ts";
import { type Wire, wireOf } from "./wire.ts";

/** Sends a message to everybody who subscribes to its topic, or queues it for them. Returns to how many. */
export function deliverToSubscribers(state: BrokerState, message: Message, publisher: Session | null): number {
  const { all, groups } = state.index.receivers(message.topic);
  let receivers = 0;
  for (const { session, delivery, ownDelivery } of all) {
    const wanted = session === publisher ? ownDelivery : delivery;
    if (wanted && deliver(state, session, message, wanted, wanted.retainAsPublished && message.retain)) receivers++;
  }
  for (const group of groups) if (deliverShared(state, group, message)) receivers++;
  return receivers;
}

/** Whether anybody would get a message to this topic, now or later. */
export function hasSubscribers(state: BrokerState, topic: string): boolean {
  const { all, groups } = state.index.receivers(topic);
  return all.length + groups.length > 0;
}

/** Sends a message to one member of a shared subscription. False: there is nobody to take it. */
export function deliverShared(state: BrokerState, group: ShareGroup, message: Message): boolean {
  const chosen = group.choose(message.qos > 0, (session) => !session.hasExpired(state.now));
  if (!chosen) return false;
  const [session, options] = chosen;
  const delivery = deliveryOf(options);
  const retain = delivery.retainAsPublished && message.retain;
  return deliver(state, session, message, delivery, retain, group.topicFilter);
}

/** Sends a message to one session, or queues it. `share`: the shared subscription it comes by. False: it cannot take it. */
export function deliver(
  state: BrokerState,
  session: Session,
  message: Message,
  delivery: Delivery,
  retain: boolean,
  share: string | null = null,
): boolean {
  const { connection } = session;
  const isHere = connection !== null && !connection.ended && !endIfExpired(state, connection);
  const qos = Math.min(delivery.qos, message.qos) as QoS;
  if (qos > 0) {
    const { subscriptionIds } = delivery;
    return sendOrQueue(state, session, isHere ? connection : null, message, { qos, retain, subscriptionIds, share });
  }
  if (!isHere) return false;
  return sendQoS0(state, connection, message, delivery.subscriptionIds, retain);
}

/** Ends a connection whose token has expired, and says so. */
export function endIfExpired(state: BrokerState, connection: Connection): boolean {
  const expiresAt = connection.state.client?.admission.expiresAt ?? null;
  if (expiresAt === null || expiresAt > state.now) return false;
  const reason = "The token of this connection has expired. Connect again with a new one.";
  state.end(connection, { reasonCode: reasonCode.notAuthorized, reason, tellPeer: true, dropWill: false });
  return true;
}

function sendQoS0(
  state: BrokerState,
  connection: Connection,
  message: Message,
  subscriptionIds: number[] | null,
  retain: boolean,
): boolean {
  const client = connection.state.client as ClientState;
  if (!isReading(state, connection, client)) return false;
  const wire = wireOf(client);
  const isOwn = subscriptionIds !== null || client.topicAliasMaximum > 0;
  const packet = isOwn
    ? encodeFor(connection, message, wire, subscriptionIds, retain, state.now)
    : packetOf(message, wire, retain, state.now);
  if (!fits(client, packet)) {
    countDropped(state, connection, client);
    return false;
  }
  state.send(connection, packet);
  return true;
}

/** The message at QoS 0 as it is for all receivers on a wire: encoded once, or not at all. */
function packetOf(message: Message, wire: Wire, retain: boolean, now: number): Packet {
  if (message.original && message.originalWire === wire.index && !retain) return message.original;
  const encoded = (message.encoded ??= []);
  const variant = wire.index * 2 + (retain ? 1 : 0);
  return (encoded[variant] ??= wire.encodeMessage(message, { qos: 0, retain, packetId: 0 }, now));
}

/** The message at QoS 0 as it is for one receiver alone. */
function encodeFor(
  connection: Connection,
  message: Message,
  wire: Wire,
  subscriptionIds: number[] | null,
  retain: boolean,
  now: number,
): Packet {
  const alias = aliasFor(connection, message.topic);
  const packet = wire.encodeMessage(message, { qos: 0, retain, packetId: 0, subscriptionIds, ...alias }, now);
  if (alias?.isNew && !fits(connection.state.client as ClientState, packet)) {
    connection.outboundAliases?.delete(message.topic);
  }
  return packet;
}
