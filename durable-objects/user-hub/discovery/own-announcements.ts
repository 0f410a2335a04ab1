// Announces devices of ours to a Home Assistant, where their owner asked for it: one retained message each, written anew when it
// changes. sqlite: `own_announcements`, and the messages in `retained_messages`.
import {
  type Announcing,
  ownAnnouncement,
  ownAnnouncementTopic,
  type Settable,
} from "../../../src/domain/discovery/own-device.ts";
import { decodeText } from "../../../src/domain/streams/values.ts";
import type { Result } from "../../../src/errors.ts";
import { textMessage } from "../broker/message.ts";
import type { PartContext } from "../part.ts";
import { listStreams } from "../streams/answers.ts";
import type { Streams } from "../streams/streams.ts";
import type { CredentialsTable } from "../tables/credentials.ts";
import { OwnAnnouncementsTable } from "../tables/own-announcements.ts";
import type { RetainedMessagesTable } from "../tables/retained-messages.ts";
import type { Sql } from "../tables/sql.ts";

/** So long a new stream waits for others, that one message announces them. */
const gatherMs = 5000;

export class OwnAnnouncements {
  readonly #context: PartContext;
  readonly #table: OwnAnnouncementsTable;
  readonly #streams: Streams;
  readonly #credentials: CredentialsTable;
  readonly #retained: RetainedMessagesTable;
  /** sqlite; memory: null: not read since the wake. */
  #announced: Map<string, Announcing> | null = null;
  /** memory: names that each announcement has, as far as they were looked at since the wake. */
  readonly #names = new Map<string, Set<string>>();
  /** memory: devices with a new stream; lost with the memory, and made good when the device next comes or goes. */
  readonly #pending = new Map<string, number>();

  constructor(
    context: PartContext,
    options: { sql: Sql; streams: Streams; credentials: CredentialsTable; retained: RetainedMessagesTable },
  ) {
    this.#context = context;
    this.#table = new OwnAnnouncementsTable(options.sql);
    this.#streams = options.streams;
    this.#credentials = options.credentials;
    this.#retained = options.retained;
  }

  #all(): Map<string, Announcing> {
    return (this.#announced ??= this.#table.read());
  }

  /** What can be set of a device that is announced; null: it is not. */
  settableOf(deviceId: string): Settable[] | null {
    return this.#all().get(deviceId)?.settable ?? null;
  }

  /** Whether a topic is that of an announcement of ours. */
  isOwn(topic: string): boolean {
    for (const deviceId of this.#all().keys()) if (topic === ownAnnouncementTopic(deviceId)) return true;
    return false;
  }

  announce(deviceId: string, about: Announcing): Result<null> {
    const before = this.#all().get(deviceId);
    this.#all().set(deviceId, about);
    // It must be known as ours before it is said.
    this.#context.handlersChanged();
    if (!this.#say(deviceId, about)) {
      if (before) this.#all().set(deviceId, before);
      else this.#all().delete(deviceId);
      return { ok: false, code: "quota_exceeded", message: "The hub holds as many retained messages as it may." };
    }
    this.#table.write(deviceId, about);
    return { ok: true, value: null };
  }

  withdraw(deviceId: string): void {
    if (!this.#all().delete(deviceId)) return;
    this.#table.delete(deviceId);
    this.#names.delete(deviceId);
    this.#pending.delete(deviceId);
    this.#context.say(textMessage(ownAnnouncementTopic(deviceId), "", { qos: 0, retain: true }));
    this.#context.handlersChanged();
  }

  /** Says the announcement of a device again if it is another one now. */
  refresh(deviceId: string): void {
    const about = this.#all().get(deviceId);
    if (about) this.#say(deviceId, about);
  }

  /** False: there is no room for a retained message. */
  #say(deviceId: string, { settable, ...then }: Announcing): boolean {
    const { name: deviceName, model } = this.#credentials.read(deviceId)?.about ?? then;
    const streams = listStreams(this.#streams, deviceId);
    this.#names.set(deviceId, new Set(streams.map(({ name }) => name)));
    const device = { id: deviceId, name: deviceName, model, streams, settable };
    const text = ownAnnouncement(device);
    const topic = ownAnnouncementTopic(deviceId);
    const present = this.#retained.read(topic);
    if (present && decodeText(present.payload) === text) return true;
    return this.#context.say(textMessage(topic, text, { qos: 0, retain: true })) !== null;
  }

  /** A stream is published to that may not be announced yet. */
  streamSeen(deviceId: string, name: string): void {
    if (!this.settableOf(deviceId) || this.#pending.has(deviceId) || this.#namesOf(deviceId).has(name)) return;
    const at = this.#context.now() + gatherMs;
    this.#pending.set(deviceId, at);
    this.#context.wakeAt(at);
  }

  #namesOf(deviceId: string): Set<string> {
    const known = this.#names.get(deviceId);
    if (known) return known;
    const names = new Set(listStreams(this.#streams, deviceId).map((stream) => stream.name));
    this.#names.set(deviceId, names);
    return names;
  }

  due(now: number): number | null {
    let next = Number.POSITIVE_INFINITY;
    for (const [deviceId, at] of this.#pending) {
      if (at > now) next = Math.min(next, at);
      else {
        this.#pending.delete(deviceId);
        this.refresh(deviceId);
      }
    }
    return next === Number.POSITIVE_INFINITY ? null : next;
  }
}
