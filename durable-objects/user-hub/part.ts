// What the hub makes of messages beyond passing them on: streams, shadows, the feed. A part is told by the broker and knows no
// sockets; it is synchronous, and in the broker's event.
import type { CredentialState } from "../../src/domain/credentials.ts";
import type { DeviceTopic } from "../../src/domain/device-topics.ts";
import type { Collected, CollectOptions } from "./broker/check-in-session.ts";
import type { Message } from "./broker/message.ts";
import type { Connection } from "./connection.ts";

/** What is done with the messages to one topic. Made once and remembered, so that a message costs no look at its topic. */
export interface TopicHandler {
  /** An accepted message, before its subscribers get it. `publisher`: null for the API and the hub itself. */
  received(message: Message, publisher: Connection | null): void;
  /** Whether the part itself keeps what a later subscriber finds: then `retain` writes no row. */
  keepsLast: boolean;
}

/** Why a connection ended: an MQTT 5 reason code, and a sentence. */
export interface Farewell {
  reasonCode: number;
  reason: string;
}

export interface Part {
  /** Null: nothing beyond passing on. */
  handlerOf?(topic: DeviceTopic): TopicHandler | null;
  /** The same of whatever topic, below a device or not, that no part handles by `handlerOf`. */
  handlerOfOther?(topic: string): TopicHandler | null;
  /** What a new subscriber of the filter finds, as if retained. */
  stored?(topicFilter: string): Iterable<Message>;
  /** After CONNACK, so that what is said now may reach the connection itself. */
  connected?(connection: Connection): void;
  disconnected?(connection: Connection, farewell: Farewell): void;
  /** A message that was not accepted, with the reason code that says why. */
  refused?(connection: Connection, topic: string, reasonCode: number): void;
  /** An accepted message of whatever topic; asked for with `recordMessages`, or while somebody watches a feed. */
  published?(message: Message, publisher: Connection | null): void;
  /** Whether a device is there without a connection. */
  isPresent?(deviceId: string): boolean;
  /** When a device without a connection was last there, epoch ms; null: never. */
  seenAt?(deviceId: string): number | null;
  /** A device has come or gone. */
  presenceChanged?(deviceId: string): void;
  /** Whether the part must hear of it when a device goes, also when that takes an alarm. */
  watchesPresence?(deviceId: string): boolean;
  /** Does what is due; the next deadline (epoch ms) or null. Called at the alarm, and when a deadline of any part has passed. */
  due?(now: number): number | null;
}

/** What a part may ask of the broker. */
export interface PartContext {
  /** Epoch ms of the present event. */
  now(): number;
  /**
   * Publishes as the hub: to every subscriber, how many. Null: it was to be retained and there is no room for it; then nobody gets it, so
   * that whoever asked for it can be told.
   */
  say(message: Message): number | null;
  /** The same in the name of a connection, whose message says it; null: of nobody. */
  sayFor(message: Message, publisher: Connection | null): number | null;
  /** Says that a part answers `handlerOfOther` otherwise than before: topics are asked about anew. */
  handlersChanged(): void;
  /** Does it when everybody has heard of what happens now, in the same event. */
  later(act: () => void): void;
  /** Whether a device has a connection. */
  isOnline(deviceId: string): boolean;
  /** Whether it has a connection, or a part says that it is there. */
  isPresent(deviceId: string): boolean;
  /** Tells subscribers alone: no part hears of it. */
  tell(message: Message): void;
  /** Tells subscribers whether a device is there, after a part has changed its mind. */
  announcePresence(deviceId: string): void;
  /** A part that watches a device's presence counts as a subscriber of its topic. */
  hasSubscribers(topic: string): boolean;
  /** When a device was last there, epoch ms, the present if it is; null: never. */
  lastSeenAt(deviceId: string): number | null;
  /** Says that `watchesPresence` is true of more devices than before. */
  watchPresence(): void;
  /** Whether somebody asks for the feed of this device by name. */
  isFeedWatched(deviceId: string): boolean;
  /** Whether the parts are told of every message also while nobody watches a feed. */
  recordMessages(isWanted: boolean): void;
  /** What is known of a device's credential; null: nothing. */
  credentialOf(deviceId: string): CredentialState | null;
  /** What waits for a device that polls, the oldest first; from the first call on it is collected. */
  collectWaiting(deviceId: string, options: CollectOptions): Collected;
  /** What a row of a device is to take along of what was metered; `present`: what it does already. */
  carryUsage(deviceId: string, present: string | null): string | null;
  /** Asks for `due` at a later time. */
  wakeAt(at: number): void;
  /** All live connections: after a wake a part finds in their attachments what it left there. */
  connections(): Iterable<Connection>;
  /** Says that a connection's state changed and must be in its attachment when the event ends. */
  changed(connection: Connection): void;
}
