// What the model remembers: messages, the life of a session from its creation to its end, and what it has to get.
import type { Link } from "../link.ts";
import type { PublishPacket, QoS, SubscriptionRequest } from "../packets.ts";

/** What the hub did that it may not. */
export class Violation extends Error {}

export interface Publication {
  /** Unique, apart from empty ones. */
  payload: string;
  topic: string;
  qos: QoS;
  retain: boolean;
  expirySeconds: number | null;
  /** A client's name, or another source; order is kept within one. */
  publisher: string;
}

/** One message that is to reach one session: a PUBLISH that was accepted, or a retained message for a new subscription. */
export interface Instance {
  /** In the order of the hub's events. */
  seq: number;
  publication: Publication;
  session: SessionLife;
  qos: QoS;
  retain: boolean;
  subscriptionIds: number[];
  /** Whether it has to arrive, or may only. */
  must: boolean;
  expiresAt: number | null;
  createdAt: number;
  /** By a retained message, not by a publication. */
  isStored: boolean;
  group: GroupInstance | null;
  phase: "waiting" | "sent" | "released" | "done";
  packetId: number;
  /** Place in the order of first sends. */
  sentOrder: number;
  /** Whether the output of an event that may have sent it was lost in a crash. */
  isDoubtful: boolean;
  /** How often the client's application got it. */
  arrivals: number;
}

/** One message for one member of a shared subscription. */
export interface GroupInstance {
  seq: number;
  publication: Publication;
  filter: string;
  expiresAt: number | null;
  createdAt: number;
  /** Members when it was published, and their options. */
  options: Map<SessionLife, Subscription>;
  must: boolean;
  /** Members that were sent it, the last one counts. */
  instances: Instance[];
  eventNumber: number;
}

export interface Subscription extends SubscriptionRequest {
  subscriptionId: number | null;
  /** Not known to be in force: its rights went and came back while the client was away. */
  isDoubtful: boolean;
  /** The event that made it. */
  since: number;
}

export interface SessionLife {
  number: number;
  key: string;
  client: number;
  holderId: string;
  device: number | null;
  link: Link | null;
  hasEnded: boolean;
  expirySeconds: number;
  /** While there is no connection: it goes on before the first, and has ended at the second. */
  endsAtLeast: number;
  endsAtMost: number;
  subscriptions: Map<string, Subscription>;
  /** Packet ids of QoS 2 messages of the client, not released. */
  received: Set<number>;
  instances: Instance[];
  /** Instances of which PUBREC has come and PUBCOMP has not. */
  released: Map<number, Instance>;
  /** The last first arrival by publisher, topic and quality. */
  lastArrivals: Map<string, number>;
  hasCrashed: boolean;
  /** When the hub noticed that its connection had died with the object, and it has not been back since; null: not so. */
  noticedAt: number | null;
  /** Whether messages may be missing: too large for the client, or beyond a limit. */
  isLossy: boolean;
  isForSmallPackets: boolean;
}

/** What lasts as long as a connection. */
export interface LinkState {
  /** The event of its CONNECT. */
  since: number;
  hasSaidGoodbye: boolean;
  goodbyeExpirySeconds: number | null;
  inFlight: Map<number, Instance>;
  lastHeardAt: number;
  lastDupOrder: number;
  keepAliveSeconds: number;
  receiveMaximum: number;
}

/** How a packet is known again: by its payload, or if it is empty by its topic. */
export function nameOf({ payload, topic }: Pick<PublishPacket, "payload" | "topic">): string {
  return payload === "" ? `empty ${topic}` : (payload.split(" ")[0] ?? "");
}

/** Whether a message went to one shared subscription alone, once: by which of several a member got it cannot be told. */
export function isOnlyGroup({ groups }: { groups: GroupInstance[] }, group: GroupInstance): boolean {
  const name = nameOf(group.publication);
  return groups.every((each) => each === group || nameOf(each.publication) !== name);
}

/** Whether a session is no more, or the hub may take it for that. */
export function mayHaveEnded({ hasEnded, link, endsAtLeast }: SessionLife, now: number): boolean {
  return hasEnded || (link === null && endsAtLeast <= now);
}

/** Whether a member that had it, or for which it waited, is no more. */
export function wasLeft({ options, instances, filter }: GroupInstance, now: number): boolean {
  const members = [...options.keys(), ...instances.map(({ session }) => session)];
  return members.some((member) => mayHaveEnded(member, now) || !member.subscriptions.has(filter));
}
