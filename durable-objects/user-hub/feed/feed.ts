// The live feed: tells who watches what happens to a device, and records it while that was asked for. Errors are always recorded.
// While nobody watches and nothing is recorded, a message costs one look at a boolean.
import { isHubTopic } from "../../../src/domain/access.ts";
import { type FeedEntry, type FeedEvent, feedTopic, type RecordedFeed } from "../../../src/domain/feed.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { type Message, textMessage } from "../broker/message.ts";
import type { Connection } from "../connection.ts";
import type { Farewell, Part, PartContext } from "../part.ts";
import { FeedsTable } from "../tables/feeds.ts";
import type { Sql } from "../tables/sql.ts";

/** Of one device; the oldest go first. */
const maxEntries = 200;
/** What was recorded waits so long for more, less than an idle object stays in memory. */
const flushMs = 5000;
const maxTopicLength = 256;

const goodEndings: readonly number[] = [
  reasonCode.normalDisconnection,
  reasonCode.sessionTakenOver,
  reasonCode.administrativeAction,
];

export class Feed implements Part {
  readonly #context: PartContext;
  readonly #table: FeedsTable;
  /** sqlite: until when everything about a device is recorded. */
  readonly #recording: Map<string, number>;
  /** memory: entries that are not in their row yet, for `flushMs` at most. */
  readonly #unwritten = new Map<string, FeedEntry[]>();
  #flushAt: number | null = null;
  #errorsWrittenAt = 0;

  constructor(context: PartContext, sql: Sql) {
    this.#context = context;
    this.#table = new FeedsTable(sql);
    this.#recording = new Map(this.#table.recording());
    context.recordMessages(this.#recording.size > 0);
  }

  connected(connection: Connection): void {
    const { id, client, origin } = connection.state;
    const { country, edge } = origin;
    const protocol = client?.protocol === "json" ? "json" : `mqtt ${client?.version === 4 ? "3.1.1" : "5"}`;
    this.#happened(deviceOf(connection), { type: "connected", connectionId: id, protocol, country, edge });
  }

  disconnected(connection: Connection, farewell: Farewell): void {
    const { reasonCode: code, reason } = farewell;
    const event = { type: "disconnected", connectionId: connection.state.id, reasonCode: code, reason } as const;
    this.#happened(deviceOf(connection), event, !goodEndings.includes(code));
  }

  refused(connection: Connection, topic: string, code: number): void {
    const event = { type: "refused", topic: topic.slice(0, maxTopicLength), reasonCode: code } as const;
    this.#happened(deviceOf(connection), event, true);
  }

  /** A message of the device, or of an app to one of its topics; of what the hub says, that the device was configured. */
  published({ topic, payload, qos }: Message, publisher: Connection | null): void {
    const named = topic.startsWith("devices/") ? (topic.split("/", 2)[1] ?? null) : null;
    if (isHubTopic(topic)) {
      if (topic.endsWith("/shadow/update/documents")) this.#happened(named, { type: "configured" });
      return;
    }
    const own = publisher && deviceOf(publisher);
    const by = own === null ? "app" : "device";
    const event = { type: "published", topic: topic.slice(0, maxTopicLength), bytes: payload.length, qos, by } as const;
    this.#happened(own ?? named, event);
  }

  due(now: number): number | null {
    if (this.#flushAt !== null && this.#flushAt <= now) this.#flush();
    for (const [deviceId, until] of this.#recording) {
      if (until > now) continue;
      this.#recording.delete(deviceId);
      this.#table.write(deviceId, { entries: this.#entriesOf(deviceId), recordingUntil: null });
      this.#unwritten.delete(deviceId);
    }
    this.#context.recordMessages(this.#recording.size > 0);
    const next = Math.min(this.#flushAt ?? Number.POSITIVE_INFINITY, ...this.#recording.values());
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  /** Records everything about a device from now on, for so long. Until when. */
  record(deviceId: string, seconds: number): number {
    const until = this.#context.now() + seconds * 1000;
    this.#recording.set(deviceId, until);
    this.#table.write(deviceId, { entries: this.#entriesOf(deviceId), recordingUntil: until });
    this.#unwritten.delete(deviceId);
    this.#context.recordMessages(true);
    this.#context.wakeAt(until);
    return until;
  }

  recorded(deviceId: string): RecordedFeed {
    const until = this.#recording.get(deviceId) ?? 0;
    return { items: this.#entriesOf(deviceId), recordingUntil: until > this.#context.now() ? until : null };
  }

  forgetDevice(deviceId: string): void {
    this.#recording.delete(deviceId);
    this.#unwritten.delete(deviceId);
    this.#table.delete(deviceId);
  }

  #entriesOf(deviceId: string): FeedEntry[] {
    const written = this.#table.read(deviceId).entries;
    return [...written, ...(this.#unwritten.get(deviceId) ?? [])].slice(-maxEntries);
  }

  #happened(deviceId: string | null, event: FeedEvent, isError = false): void {
    if (deviceId === null) return;
    const now = this.#context.now();
    const entry: FeedEntry = { at: now, ...event };
    if (this.#context.isFeedWatched(deviceId)) {
      this.#context.tell(textMessage(feedTopic(deviceId), JSON.stringify(entry), { qos: 0, retain: false }));
    }
    const isRecorded = (this.#recording.get(deviceId) ?? 0) > now;
    if (isError || isRecorded) this.#keep(deviceId, entry, isRecorded);
  }

  /** What was asked for is worth an alarm; an error is not, and is written with the next one if it follows another closely. */
  #keep(deviceId: string, entry: FeedEntry, isAskedFor: boolean): void {
    const entries = this.#unwritten.get(deviceId) ?? [];
    entries.push(entry);
    if (entries.length > maxEntries) entries.shift();
    this.#unwritten.set(deviceId, entries);
    if (!isAskedFor && entry.at - this.#errorsWrittenAt >= flushMs) {
      this.#errorsWrittenAt = entry.at;
      this.#flush();
    } else if (isAskedFor && this.#flushAt === null) {
      this.#flushAt = entry.at + flushMs;
      this.#context.wakeAt(this.#flushAt);
    }
  }

  #flush(): void {
    for (const deviceId of this.#unwritten.keys()) {
      const recordingUntil = this.#recording.get(deviceId) ?? null;
      this.#table.write(deviceId, { entries: this.#entriesOf(deviceId), recordingUntil });
    }
    this.#unwritten.clear();
    this.#flushAt = null;
  }
}

function deviceOf(connection: Connection): string | null {
  const holder = connection.state.client?.admission.holder;
  return holder?.kind === "device" ? holder.id : null;
}
