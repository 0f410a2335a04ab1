// An MQTT session: what a client finds again when it comes back. One that ends with its connection lives in the attachment,
// one that outlives it in SQLite as well.
import type { Connection, Holder } from "../connection.ts";
import { subscriptionsInAttachmentBytes } from "../limits.ts";
import type { StoredSession } from "../tables/sessions.ts";

/** A topic filter and its packed options: see packOptions. */
export type Subscription = [topicFilter: string, options: number];

/**
 * attachment: as long as there is a connection. sqlite, for a session that outlives it: the row in `sessions`, the
 * subscriptions, and whatever is not yet acknowledged.
 */
export interface SessionState {
  clientId: string;
  /** 0: it ends with its connection. */
  expirySeconds: number;
  /**
   * The connection its row names, if it is another one: that died in a crash, and as long as nothing else changes, the row
   * need not be written again. Null: this one.
   */
  rowConnectionId: string | null;
  /** Of a session that ends with its connection, as far as they fit. */
  subscriptions: Subscription[];
  /** Subscriptions in the table `subscriptions`. */
  tableSubscriptions: number;
  /** Numbers of outgoing messages of QoS 1 and 2: the last one given, and the last one sent over this connection. */
  lastSeq: number;
  sentSeq: number;
  /** Messages up to this number may have been sent over an earlier connection: they are marked as duplicates. */
  sentBeforeSeq: number;
  /** What was sent and is not acknowledged: see in-flight.ts. */
  inFlight: number[];
  /** Messages in `queued_messages` that are still to be sent over this connection. */
  waiting: number;
  waitingBytes: number;
  /** Packet ids of QoS 2 messages received and not yet released [MQTT-4.3.3-10]. */
  received: number[];
  /** Whether `queued_messages` may have rows of it. */
  hasQueue: boolean;
  /** Messages dropped from its queue. */
  dropped: number;
}

export function newSessionState(clientId: string, expirySeconds: number): SessionState {
  return {
    clientId,
    expirySeconds,
    rowConnectionId: null,
    subscriptions: [],
    tableSubscriptions: 0,
    lastSeq: 0,
    sentSeq: 0,
    sentBeforeSeq: 0,
    inFlight: [],
    waiting: 0,
    waitingBytes: 0,
    received: [],
    hasQueue: false,
    dropped: 0,
  };
}

/** memory: rebuilt on wake from attachments and SQLite. */
export class Session {
  readonly key: string;
  /** Who opened it last. */
  holder: Holder;
  state: SessionState;
  connection: Connection | null;
  /** All subscriptions: filter to packed options. */
  readonly subscriptions = new Map<string, number>();
  /** While there is no connection: when it ends; null: never, or its connection's end is still to be noticed. */
  endsAt: number | null = null;
  /** After a wake: the connection it had, as long as that may still turn up. */
  awaitedConnectionId: string | null = null;
  /** While there is no connection: the dead one that its row still names; null: the row says that there is none. */
  deadConnectionId: string | null = null;
  /** What its row says; null: not known, or there is none. */
  row: StoredSession | null = null;
  /** While its connection may still turn up: the last message before those that came meanwhile, which nobody was sent; null: none came. */
  lastBeforeWait: number | null = null;
  /** Whether it has a row in `sessions`, and so all its subscriptions in their table. */
  isStored = false;
  /** Whether `state.waiting` is known; while there is a connection it always is. */
  isMeasured = true;
  /** Whether its row in `sessions` is to be written when the event ends. */
  rowChanged = false;

  constructor(holder: Holder, state: SessionState, connection: Connection | null) {
    this.key = sessionKey(holder, state.clientId);
    this.holder = holder;
    this.state = state;
    this.connection = connection;
  }

  get isPersistent(): boolean {
    return this.state.expirySeconds > 0;
  }

  /** Whether it is over, although nobody has cleared it away yet. */
  hasExpired(now: number): boolean {
    return this.connection === null && this.endsAt !== null && this.endsAt <= now;
  }
}

/**
 * A client id is unique among the connections of one device, or of the user's apps: a device cannot take over the
 * session of another one by guessing its client id.
 */
export function sessionKey(holder: Holder, clientId: string): string {
  return `${holder.kind === "device" ? holder.id : "app"}\n${clientId}`;
}

/** Whether an attachment that holds these subscriptions has room for one more filter. */
export function hasRoomFor(subscriptions: Subscription[], topicFilter: string): boolean {
  const bytes = subscriptions.reduce((sum, [filter]) => sum + attachmentBytes(filter), attachmentBytes(topicFilter));
  return bytes <= subscriptionsInAttachmentBytes;
}

/** Serialised text takes one or two bytes a character; 16 more for the pair around it. */
export function attachmentBytes(text: string): number {
  return text.length * 2 + 16;
}
