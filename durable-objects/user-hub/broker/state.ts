// What the parts of the broker share: the live connections, the tables, the time of the present event, and what is to be
// done when it ends. memory: rebuilt on wake, apart from the tables.
import { mayPublish, noGrants, type Subject } from "../../../src/domain/access.ts";
import type { KeyRing } from "../../../src/identity/keys.ts";
import type { Connection, HubSocket, Packet } from "../connection.ts";
import { frameBytes, rememberedRights, rememberedTopicLength } from "../limits.ts";
import { CredentialsTable } from "../tables/credentials.ts";
import { LastSeenTable } from "../tables/last-seen.ts";
import { PartialPacketsTable } from "../tables/partial-packets.ts";
import { PendingMessagesTable } from "../tables/pending-messages.ts";
import { RetainedMessagesTable } from "../tables/retained-messages.ts";
import type { Sql } from "../tables/sql.ts";
import { SubscriptionsTable } from "../tables/subscriptions.ts";
import { WillsTable } from "../tables/wills.ts";
import { SubscriptionIndex } from "./subscription-index.ts";

export interface BrokerSettings {
  hubId: string;
  keys: KeyRing;
  maxPacketBytes: number;
  maxRetainedMessages: number;
  maxSubscriptions: number;
}

/** How a connection is to end. */
export interface Ending {
  /** MQTT 5 reason code. */
  reasonCode: number;
  /** A sentence for the peer. */
  reason: string;
  /** Whether the peer is told by DISCONNECT (MQTT 5 alone); not when it said goodbye or is gone. */
  tellPeer: boolean;
  /** Whether the will is dropped instead of published [MQTT-3.14.4-3]. */
  dropWill: boolean;
}

export class BrokerState {
  readonly settings: BrokerSettings;
  readonly sql: Sql;
  readonly credentials: CredentialsTable;
  readonly lastSeen: LastSeenTable;
  readonly retained: RetainedMessagesTable;
  readonly wills: WillsTable;
  readonly subscriptions: SubscriptionsTable;
  readonly partialPackets: PartialPacketsTable;
  readonly pending: PendingMessagesTable;

  readonly index = new SubscriptionIndex();
  readonly connections = new Map<HubSocket, Connection>();
  /** By holder and client id: see sessionKey. */
  readonly sessions = new Map<string, Connection>();
  readonly ofDevice = new Map<string, Set<Connection>>();
  /** Rows of retained_messages; null: not counted since the wake. */
  retainedCount: number | null = null;

  /** Epoch ms, the same throughout an event. */
  now = 0;
  /** Connections with something to send or to save, each once. */
  readonly touched: Connection[] = [];
  readonly endings = new Map<Connection, Ending>();

  constructor(sql: Sql, settings: BrokerSettings) {
    this.settings = settings;
    this.sql = sql;
    this.credentials = new CredentialsTable(sql);
    this.lastSeen = new LastSeenTable(sql);
    this.retained = new RetainedMessagesTable(sql);
    this.wills = new WillsTable(sql);
    this.subscriptions = new SubscriptionsTable(sql);
    this.partialPackets = new PartialPacketsTable(sql);
    this.pending = new PendingMessagesTable(sql);
  }

  /** Queues a packet; it leaves with the others of this event. */
  send(connection: Connection, packet: Packet): void {
    connection.out.push(packet);
    connection.outBytes += packet.length;
    if (connection.outBytes > frameBytes) connection.flush();
    else this.#touch(connection);
  }

  /** Says that the connection's state changed and must be in its attachment when the event ends. */
  changed(connection: Connection): void {
    connection.dirty = true;
    this.#touch(connection);
  }

  #touch(connection: Connection): void {
    if (connection.touched) return;
    connection.touched = true;
    this.touched.push(connection);
  }

  /** Ends a connection when the present event is done; from now on nothing is delivered to it. The first reason counts. */
  end(connection: Connection, ending: Ending): void {
    if (connection.ended) return;
    connection.ended = true;
    this.endings.set(connection, ending);
  }

  /** Enters an accepted connection: new, or read back on wake. */
  register(connection: Connection): void {
    const session = connection.state.session;
    if (!session) return;
    this.sessions.set(sessionKey(connection), connection);
    const { holder } = session.admission;
    if (holder.kind === "device") {
      const others = this.ofDevice.get(holder.id);
      if (others) others.add(connection);
      else this.ofDevice.set(holder.id, new Set([connection]));
    }
    for (const [topicFilter, options] of connection.subscriptions) this.index.add(connection, topicFilter, options);
  }

  /** Whether a device has a connection that is not about to end. */
  isOnline(deviceId: string): boolean {
    for (const connection of this.ofDevice.get(deviceId) ?? []) if (!connection.ended) return true;
    return false;
  }

  /** Who a connection acts as, with the grants in force. */
  subjectOf(connection: Connection): Subject {
    if (connection.subject) return connection.subject;
    const holder = connection.state.session?.admission.holder;
    if (holder?.kind !== "device") return (connection.subject = { kind: "app", id: holder?.id ?? "" });
    const grants = this.credentials.read(holder.id)?.grants ?? noGrants;
    return (connection.subject = { kind: "device", id: holder.id, grants });
  }

  /** Whether a connection may publish to a (valid) topic. */
  mayPublish(connection: Connection, topic: string): boolean {
    const { publishRights } = connection;
    const known = publishRights.get(topic);
    if (known !== undefined) return known;
    const allowed = mayPublish(this.subjectOf(connection), topic);
    if (topic.length > rememberedTopicLength) return allowed;
    if (publishRights.size >= rememberedRights) publishRights.clear();
    publishRights.set(topic, allowed);
    return allowed;
  }
}

/**
 * A client id is unique among the connections of one device, or of the user's apps: a device cannot take over the
 * connection of another one by guessing its client id.
 */
export function sessionKey(connection: Connection): string {
  const session = connection.state.session;
  const holder = session?.admission.holder;
  return `${holder?.kind === "device" ? holder.id : "app"}\n${session?.clientId ?? ""}`;
}
