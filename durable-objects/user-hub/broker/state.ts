// What the parts of the broker share: the live connections and sessions, the tables, the time of the present event, and what is
// to be done when it ends. memory: rebuilt on wake, apart from the tables.
import { appSubject, mayPublish, noGrants, type Subject } from "../../../src/domain/access.ts";
import { deviceTopicOf } from "../../../src/domain/device-topics.ts";
import type { Connection, HubSocket, Packet } from "../connection.ts";
import { frameBytes, rememberedRights, rememberedTopicLength } from "../limits.ts";
import { Meter } from "../meter.ts";
import type { MeteredSql } from "../metered-sql.ts";
import type { Part, TopicHandler } from "../part.ts";
import { CredentialsTable } from "../tables/credentials.ts";
import type { LastSeenTable } from "../tables/last-seen.ts";
import { PartialPacketsTable } from "../tables/partial-packets.ts";
import { QueuedMessagesTable } from "../tables/queued-messages.ts";
import { RetainedMessagesTable } from "../tables/retained-messages.ts";
import { SessionsTable } from "../tables/sessions.ts";
import type { Sql } from "../tables/sql.ts";
import { SubscriptionsTable } from "../tables/subscriptions.ts";
import { TopicAliasesTable } from "../tables/topic-aliases.ts";
import { WillsTable } from "../tables/wills.ts";
import { Deadlines } from "./deadlines.ts";
import { Rate } from "./rate.ts";
import type { Session } from "./session.ts";
import type { BrokerSettings } from "./settings.ts";
import { SubscriptionIndex } from "./subscription-index.ts";

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
  readonly meter: Meter;
  readonly credentials: CredentialsTable;
  readonly lastSeen: LastSeenTable;
  readonly retained: RetainedMessagesTable;
  readonly wills: WillsTable;
  readonly storedSessions: SessionsTable;
  readonly subscriptions: SubscriptionsTable;
  readonly queued: QueuedMessagesTable;
  readonly topicAliases: TopicAliasesTable;
  readonly partialPackets: PartialPacketsTable;

  readonly index = new SubscriptionIndex((topic) => this.#handlerOf(topic));
  /** Told of what happens; see part.ts. */
  parts: readonly Part[] = [];
  readonly connections = new Map<HubSocket, Connection>();
  /** Connections without an accepted client, the oldest first. */
  readonly unconnected = new Set<Connection>();
  /** By key: those with a connection, and those that outlive theirs. */
  readonly sessions = new Map<string, Session>();
  readonly ofDevice = new Map<string, Set<Connection>>();
  readonly deadlines: Deadlines;
  /** Topics of the wills of connections, by connection id. sqlite: `wills`. */
  readonly willTopics: Map<string, string>;
  /** Rows and bytes of retained_messages; null: not counted since the wake. */
  retainedSize: { count: number; bytes: number } | null = null;
  /** Bytes of queued_messages, at most; null: not counted since the wake. */
  queuedBytes: { bytes: number; countedAt: number } | null = null;
  /** What may still be stored this second. */
  readonly storeRate: Rate;
  /** Sum of the connections' unheardBytes. */
  unheardBytes = 0;

  /** Whether a part wants to hear of every message. */
  recordsMessages = false;

  /** Epoch ms, the same throughout an event. */
  now = 0;
  /** Connections with something to send or to save, each once. */
  touched: Connection | null = null;
  /** Sessions whose row is to be written, each once. */
  readonly changedSessions: Session[] = [];
  readonly endings = new Map<Connection, Ending>();
  /** What parts put off until everybody has heard of what happens in this event. */
  readonly later: (() => void)[] = [];

  constructor(sql: MeteredSql, settings: BrokerSettings) {
    this.settings = settings;
    this.sql = sql;
    this.meter = new Meter(sql);
    this.credentials = new CredentialsTable(sql);
    this.lastSeen = this.meter.lastSeen;
    this.retained = new RetainedMessagesTable(sql);
    this.wills = new WillsTable(sql);
    this.storedSessions = new SessionsTable(sql);
    this.subscriptions = new SubscriptionsTable(sql);
    this.queued = new QueuedMessagesTable(sql);
    this.topicAliases = new TopicAliasesTable(sql);
    this.partialPackets = new PartialPacketsTable(sql);
    this.willTopics = this.wills.topics();
    this.deadlines = new Deadlines(this.wills.delayed());
    this.storeRate = new Rate(settings.maxStoredPerSecond);
  }

  #handlerOf(topic: string): TopicHandler | null {
    const deviceTopic = this.parts.length > 0 ? deviceTopicOf(topic) : null;
    for (const part of this.parts) {
      const handler = (deviceTopic && part.handlerOf?.(deviceTopic)) ?? null;
      if (handler) return handler;
    }
    for (const part of this.parts) {
      const handler = part.handlerOfOther?.(topic) ?? null;
      if (handler) return handler;
    }
    return null;
  }

  /** Queues a packet; it leaves with the others of this event. */
  send(connection: Connection, packet: Packet): void {
    connection.collect(packet);
    connection.unheardBytes += packet.length;
    this.unheardBytes += packet.length;
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
    connection.nextTouched = this.touched;
    this.touched = connection;
  }

  /** Says that a session's state changed: in the attachment and, if it outlives its connection, in its row. */
  sessionChanged(session: Session): void {
    if (session.connection) this.changed(session.connection);
    if (!session.isStored || session.rowChanged) return;
    session.rowChanged = true;
    this.changedSessions.push(session);
  }

  /** Ends a connection when the present event is done; from now on nothing is delivered to it. The first reason counts. */
  end(connection: Connection, ending: Ending): void {
    if (connection.ended) return;
    connection.ended = true;
    this.endings.set(connection, ending);
  }

  /** Enters an accepted connection among its device's. */
  joinDevice(connection: Connection): void {
    const holder = connection.state.client?.admission.holder;
    if (holder?.kind !== "device") return;
    const others = this.ofDevice.get(holder.id);
    if (others) others.add(connection);
    else this.ofDevice.set(holder.id, new Set([connection]));
  }

  /** Whether a device has a connection that is not about to end. */
  isConnected(deviceId: string): boolean {
    for (const connection of this.ofDevice.get(deviceId) ?? []) if (!connection.ended) return true;
    return false;
  }

  /** Whether a device has such a connection, or is there without one. */
  isOnline(deviceId: string): boolean {
    return this.isConnected(deviceId) || this.parts.some((part) => part.isPresent?.(deviceId));
  }

  /** Who a connection acts as, with the grants in force. */
  subjectOf(connection: Connection): Subject {
    if (connection.subject) return connection.subject;
    const holder = connection.state.client?.admission.holder;
    return (connection.subject = this.subject(holder?.kind ?? "app", holder?.id ?? ""));
  }

  subject(kind: "device" | "app", id: string): Subject {
    // The JWT of an app is not listed.
    if (kind === "app")
      return appSubject(id, id.startsWith("usr_") ? null : (this.credentials.read(id)?.grants ?? null));
    return { kind, id, grants: this.credentials.read(id)?.grants ?? noGrants };
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
