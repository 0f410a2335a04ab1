// Announcements by Home Assistant's MQTT discovery, as a part of the broker: reads what is retained below homeassistant/, and makes
// streams of the states that its publishers publish. A topic that nobody announced costs one look when it is first seen.
import type { DeviceTopic } from "../../../src/domain/device-topics.ts";
import { inputOf, readValue } from "../../../src/domain/discovery/reading.ts";
import { discoveryPrefix, readAnnouncementTopic } from "../../../src/domain/discovery/topic.ts";
import { isStreamName } from "../../../src/domain/streams/datapoints.ts";
import { encodeValue, type StreamValue } from "../../../src/domain/streams/values.ts";
import { type Message, textMessage } from "../broker/message.ts";
import type { Connection } from "../connection.ts";
import type { Part, PartContext, TopicHandler } from "../part.ts";
import type { Streams } from "../streams/streams.ts";
import { AnnouncersTable } from "../tables/announcers.ts";
import { CredentialsTable } from "../tables/credentials.ts";
import { RetainedMessagesTable } from "../tables/retained-messages.ts";
import type { Sql } from "../tables/sql.ts";
import { type Announced, Catalog, type Reading } from "./catalog.ts";
import { OwnAnnouncements } from "./own-announcements.ts";

/** How a stream of an announced device is called and measured. */
export interface Description {
  unit: string | null;
  label: string | null;
}

const maxLabelLength = 100;

export class Discovery implements Part {
  readonly #context: PartContext;
  readonly #announcers: AnnouncersTable;
  readonly retained: RetainedMessagesTable;
  readonly credentials: CredentialsTable;
  readonly streams: Streams;
  readonly own: OwnAnnouncements;
  /** memory: null: not read since the wake. */
  #catalog: Catalog | null = null;
  /** memory: whether there may be topics to read; read on wake, so that a hub without announcements does not look for them. */
  #mayRead: boolean;

  constructor(context: PartContext, { sql, streams }: { sql: Sql; streams: Streams }) {
    this.#context = context;
    this.#announcers = new AnnouncersTable(sql);
    this.#mayRead = this.#announcers.hasAny();
    this.retained = new RetainedMessagesTable(sql);
    this.credentials = new CredentialsTable(sql);
    this.streams = streams;
    this.own = new OwnAnnouncements(context, { sql, streams, credentials: this.credentials, retained: this.retained });
    streams.describe = (deviceId) => this.#descriptionsOf(deviceId);
  }

  get context(): PartContext {
    return this.#context;
  }

  get catalog(): Catalog {
    return (this.#catalog ??= this.#load());
  }

  #load(): Catalog {
    const catalog = new Catalog();
    const now = this.#context.now();
    const announcers = this.#announcers.read();
    for (const { topic, payload, expiresAt } of this.retained.readPrefix(discoveryPrefix)) {
      if (expiresAt !== null && expiresAt <= now) continue;
      if (catalog.isFull) break;
      if (readAnnouncementTopic(topic) && !this.own.isOwn(topic))
        catalog.put(topic, payload, announcers.get(topic) ?? null);
    }
    return catalog;
  }

  /** Handles none: learns of a device's streams when they are first published to. */
  handlerOf({ deviceId, path, prefix }: DeviceTopic): null {
    if (path.startsWith("streams/") && prefix.startsWith("devices/")) this.own.streamSeen(deviceId, path.slice(8));
    return null;
  }

  handlerOfOther(topic: string): TopicHandler | null {
    if (readAnnouncementTopic(topic)) {
      if (this.own.isOwn(topic)) return null;
      // Read now, before this message is retained, so that it is known for news.
      void this.catalog;
      return { keepsLast: false, received: (message, publisher) => this.#announced(message, publisher) };
    }
    if (!this.#mayRead) return null;
    const readings = this.catalog.readingsOf(topic).filter(({ stream }) => stream !== null);
    if (readings.length === 0) return null;
    return { keepsLast: false, received: (message, publisher) => this.#read(readings, message, publisher) };
  }

  #announced({ topic, payload, retain }: Message, publisher: Connection | null): void {
    if (!retain) return;
    const { catalog } = this;
    if (payload.length === 0) return this.#forget(topic);
    const present = catalog.get(topic);
    const known = present?.deviceId ?? null;
    const deviceId = deviceOf(publisher) ?? known;
    const isNews = deviceId !== known;
    if (present && !isNews && isSame(present.payload, payload)) return;
    // What could not be retained is not remembered either.
    if (!this.retained.read(topic)) return;
    const announced = catalog.put(topic, payload.slice(), deviceId);
    if (announced && isNews && deviceId !== null) {
      this.#announcers.write(topic, deviceId);
      this.#mayRead = true;
    }
    this.#changed(deviceId);
    if (announced && isNews && publisher) this.#readRetained(announced, publisher);
  }

  #forget(topic: string): void {
    const deviceId = this.catalog.get(topic)?.deviceId ?? null;
    this.catalog.remove(topic);
    if (deviceId !== null) this.#announcers.delete(topic);
    this.#changed(deviceId);
  }

  /** Topics may be read from now on, and whoever shows the entities may want to know. */
  #changed(deviceId: string | null): void {
    this.#context.handlersChanged();
    if (deviceId === null) return;
    const topic = `devices/${deviceId}/entities`;
    if (!this.#context.hasSubscribers(topic)) return;
    this.#context.tell(
      textMessage(topic, JSON.stringify({ changedAt: this.#context.now() }), { qos: 0, retain: false }),
    );
  }

  /** What was published before it was announced. */
  #readRetained({ readings }: Announced, publisher: Connection): void {
    for (const [topic, some] of Map.groupBy(readings, ({ reader }) => reader.source.topic)) {
      const message = this.retained.read(topic);
      if (message) this.#read(some, message, publisher);
    }
  }

  /** Counts alone what the device publishes that announced it: an announcement opens no other device's topics. */
  #read(readings: readonly Reading[], { payload }: Message, publisher: Connection | null): void {
    const publishing = deviceOf(publisher);
    if (publishing === null || payload.length === 0) return;
    const input = inputOf(payload);
    if (!input) return;
    const found: [stream: string, value: StreamValue][] = [];
    for (const { control, reader, deviceId, stream } of readings) {
      if (deviceId !== publishing || stream === null) continue;
      const value = readValue(control, reader, input);
      if (value !== null) found.push([stream, value]);
    }
    if (found.length === 0) return;
    this.#context.later(() => {
      for (const [stream, value] of found) this.#context.sayFor(streamMessage(publishing, stream, value), publisher);
    });
  }

  connected(connection: Connection): void {
    this.#refreshOwn(connection);
  }

  disconnected(connection: Connection): void {
    this.#refreshOwn(connection);
  }

  #refreshOwn(connection: Connection): void {
    const deviceId = deviceOf(connection);
    if (deviceId !== null) this.own.refresh(deviceId);
  }

  due(now: number): number | null {
    return this.own.due(now);
  }

  /** What announcements say of a device's streams, by name. */
  #descriptionsOf(deviceId: string): Map<string, Description> {
    const descriptions = new Map<string, Description>();
    for (const { deviceId: publisher, readings } of this.catalog.all()) {
      if (publisher !== deviceId) continue;
      for (const { stream, control, entity, device: own } of readings) {
        const device = this.catalog.deviceOf(deviceId, own.key) ?? own;
        if (stream === null || !isStreamName(stream)) continue;
        const isMain = control === entity.controls[0];
        const name = entity.name.startsWith(device.name) ? entity.name : `${device.name} ${entity.name}`;
        const label = isMain ? name : `${name} ${control.name.replaceAll("_", " ")}`;
        descriptions.set(stream, { unit: control.unit, label: label.slice(0, maxLabelLength) });
      }
    }
    return descriptions;
  }

  /** Takes back what a device announced that was deleted, and what was announced of it. */
  forgetDevice(deviceId: string): void {
    this.own.withdraw(deviceId);
    for (const { topic, deviceId: publisher } of this.catalog.all()) {
      if (publisher !== deviceId) continue;
      this.#announcers.delete(topic);
      this.#context.say(textMessage(topic, "", { qos: 0, retain: true }));
    }
  }
}

function deviceOf(connection: Connection | null): string | null {
  const holder = connection?.state.client?.admission.holder;
  return holder?.kind === "device" ? holder.id : null;
}

function streamMessage(deviceId: string, stream: string, value: StreamValue): Message {
  const message = textMessage(`devices/${deviceId}/streams/${stream}`, "", { qos: 0, retain: false });
  return { ...message, payload: encodeValue(value) };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
