// The streams of the user's devices, as a part of the broker: counts what is published to them, keeps their last values, and
// writes rows no more often than it has to.
import type { RawCheckIn } from "../../../src/domain/check-in-log.ts";
import type { DeviceTopic } from "../../../src/domain/device-topics.ts";
import {
  type Datapoint,
  isStreamName,
  maxAheadMs,
  readDatapoints,
  readSeveral,
} from "../../../src/domain/streams/datapoints.ts";
import { dayMs } from "../../../src/domain/streams/series.ts";
import { isKeptText, readPlainNumber, type StreamValue } from "../../../src/domain/streams/values.ts";
import { type Message, textMessage } from "../broker/message.ts";
import type { Connection } from "../connection.ts";
import { maxStreamDevices } from "../limits.ts";
import type { Part, PartContext, TopicHandler } from "../part.ts";
import type { Sql } from "../tables/sql.ts";
import type { StreamSetting } from "../tables/stream-settings.ts";
import { ArchiveSchedule } from "./archive-schedule.ts";
import { latestOf, storedMessages } from "./last-values.ts";
import { RunningMinutes } from "./running-minutes.ts";
import { StreamStore } from "./stream-store.ts";

export interface StreamSettings {
  hubId: string;
  /** How long datapoints may stay in an attachment while more come; 0: they are in SQLite when the event ends. */
  streamFlushSeconds: number;
  /** Of one device. */
  maxStreams: number;
  /** A datapoint may be so old. */
  streamMinutesDays: number;
}

/** What waits in attachments is written after this time, also when nothing more comes. */
const restMs = 3_600_000;
const deviceId = /^dev_[0-9a-z]{20}$/;

export class Streams implements Part {
  readonly store: StreamStore;
  readonly archiving: ArchiveSchedule;
  /** Hears of every value before it is counted; null: nobody asks. */
  watcher: ((key: string, value: StreamValue, at: number) => void) | null = null;
  readonly #context: PartContext;
  readonly #flushMs: number;
  readonly #maxAgeMs: number;
  /** Connections with something in their attachments. memory: null: not looked for since the wake. */
  #running: Map<Connection, RunningMinutes> | null = null;
  /** Streams of which every datapoint is kept. sqlite: `stream_settings`; memory: null: not read since the wake. */
  #rawKeys: Set<string> | null = null;
  /** What the present message says that came without a socket. */
  #alone: RunningMinutes | null = null;

  /** Units and labels from elsewhere, by stream. */
  describe: (deviceId: string) => Iterable<[name: string, { unit: string | null; label: string | null }]> = () => [];

  constructor(context: PartContext, sql: Sql, settings: StreamSettings) {
    this.#context = context;
    const limits = { maxStreams: settings.maxStreams, maxDevices: maxStreamDevices };
    this.store = new StreamStore(sql, { ...limits, carry: context.carryUsage });
    this.archiving = new ArchiveSchedule(context, this.store, settings.hubId);
    this.#flushMs = settings.streamFlushSeconds * 1000;
    this.#maxAgeMs = settings.streamMinutesDays * dayMs;
  }

  handlerOf({ deviceId: id, path, prefix }: DeviceTopic): TopicHandler | null {
    if (!deviceId.test(id) || !prefix.startsWith("devices/")) return null;
    if (path === "streams") {
      return { keepsLast: true, received: (message, publisher) => this.#receivedSeveral(id, message, publisher) };
    }
    if (!path.startsWith("streams/") || !isStreamName(path.slice(8))) return null;
    const key = `${id}/${path.slice(8)}`;
    return { keepsLast: true, received: (message, publisher) => this.#received(key, message, publisher) };
  }

  #received(key: string, message: Message, publisher: Connection | null): void {
    const { payload } = message;
    const number = readPlainNumber(payload);
    const now = this.#context.now();
    if (!Number.isNaN(number)) return this.#take(publisher, now, key, number);
    if (payload.length > 0) {
      const datapoints = readDatapoints(payload);
      this.#takeAll(
        publisher,
        now,
        datapoints.map((datapoint): [string, Datapoint] => [key, datapoint]),
      );
    } else if (message.retain) {
      this.#take(publisher, now, key, null);
    }
  }

  #receivedSeveral(id: string, { payload }: Message, publisher: Connection | null): void {
    const now = this.#context.now();
    const datapoints = readSeveral(payload);
    this.#takeAll(
      publisher,
      now,
      datapoints.map(([name, datapoint]): [string, Datapoint] => [`${id}/${name}`, datapoint]),
    );
    this.#tellEach(id, now, datapoints);
  }

  /** Who listens to one stream is told its value, the latest if there are several. */
  #tellEach(id: string, now: number, datapoints: [name: string, Datapoint][]): void {
    const latest = new Map<string, Datapoint>();
    for (const [name, datapoint] of datapoints) {
      if (!this.#isInTime(datapoint.at ?? now, now)) continue;
      const present = latest.get(name);
      if (!present || (present.at ?? now) <= (datapoint.at ?? now)) latest.set(name, datapoint);
    }
    for (const [name, { value, at }] of latest) {
      const topic = `devices/${id}/streams/${name}`;
      if (!this.#context.hasSubscribers(topic)) continue;
      const text = at === null ? String(value) : JSON.stringify({ value, at });
      this.#context.tell(textMessage(topic, text, { qos: 0, retain: false }));
    }
  }

  #isInTime(time: number, now: number): boolean {
    return time > now - this.#maxAgeMs && time <= now + maxAheadMs;
  }

  #takeAll(publisher: Connection | null, now: number, datapoints: [key: string, Datapoint][]): void {
    let counted = 0;
    for (const [key, { value, at }] of datapoints) {
      const time = at === null ? now : Math.floor(at);
      if (!this.#isInTime(time, now)) continue;
      this.#count(publisher, now, key, value, time);
      counted++;
    }
    if (counted > 0) this.#settle(publisher, now);
  }

  /** A datapoint of now; null: the last value is taken back. */
  #take(publisher: Connection | null, now: number, key: string, value: StreamValue | null): void {
    this.#count(publisher, now, key, value, now);
    this.#settle(publisher, now);
  }

  #count(publisher: Connection | null, now: number, key: string, value: StreamValue | null, at: number): void {
    if (this.watcher !== null && value !== null) this.watcher(key, value, at);
    this.#rawKeys ??= this.store.settings.rawKeys();
    const isRaw = this.#rawKeys.has(key);
    if (add(this.#runningOf(publisher, now), key, value, at, isRaw)) return;
    this.#flush(publisher, now);
    add(this.#runningOf(publisher, now), key, value, at, isRaw);
  }

  /** What came without a socket, or must not be lost, is written at once; the rest when it has waited long enough. */
  #settle(publisher: Connection | null, now: number): void {
    if (!publisher || now - this.#runningOf(publisher, now).state.since >= this.#flushMs) this.#flush(publisher, now);
    else this.#context.changed(publisher);
  }

  /** What has been counted over this connection, or without one, and is not written yet. */
  #runningOf(connection: Connection | null, now: number): RunningMinutes {
    if (!connection) return (this.#alone ??= RunningMinutes.begin(now));
    const present = connection.running;
    if (present) return present;
    const { state } = connection;
    const running = state.running ? new RunningMinutes(state.running) : RunningMinutes.begin(now);
    if (!state.running) {
      state.running = running.state;
      if (this.#flushMs > 0) this.#context.wakeAt(now + restMs);
    }
    connection.running = running;
    this.#all().set(connection, running);
    return running;
  }

  /** All connections that have something unwritten. */
  #all(): Map<Connection, RunningMinutes> {
    if (this.#running) return this.#running;
    this.#running = new Map();
    for (const connection of this.#context.connections()) {
      if (!connection.state.running) continue;
      connection.running ??= new RunningMinutes(connection.state.running);
      this.#running.set(connection, connection.running);
    }
    return this.#running;
  }

  #flush(connection: Connection | null, now: number): void {
    const running = !connection || connection.state.running ? this.#runningOf(connection, now) : null;
    if (!running) return;
    this.store.flush(running, now);
    this.#alone = null;
    this.archiving.written(now);
    if (!connection) return;
    connection.state.running = null;
    connection.running = null;
    this.#all().delete(connection);
    this.#context.changed(connection);
  }

  /** Keeps a report as it came, with the row that `measure` writes, or else with one of its own. */
  keepReport(id: string, report: RawCheckIn, measure: () => void): void {
    this.store.reports.carry(id, report);
    measure();
    const now = this.#context.now();
    this.store.writeReport(id, now);
    this.archiving.written(now);
  }

  disconnected(connection: Connection): void {
    this.#flush(connection, this.#context.now());
  }

  due(now: number): number | null {
    let next = Number.POSITIVE_INFINITY;
    for (const [connection, { state }] of this.#all()) {
      if (state.since + restMs <= now) this.#flush(connection, now);
      else next = Math.min(next, state.since + restMs);
    }
    next = Math.min(next, this.archiving.wakeAt(now) ?? next);
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  /** What is said about a device's streams: by its owner, else by an announcement. */
  settingsOf(id: string): Map<string, StreamSetting> {
    const settings = this.store.settings.read(id);
    for (const [name, { unit, label }] of this.describe(id)) {
      if (!settings.has(name)) settings.set(name, { name, unit, label, raw: 0 });
    }
    return settings;
  }

  /** Their owner has changed what is said about streams. */
  settingsChanged(): void {
    this.#rawKeys = null;
  }

  /** Removes what the hub has of a device that was deleted. */
  forgetDevice(id: string): void {
    this.store.forget(id);
    this.settingsChanged();
  }

  /** What is counted and not written. */
  unwritten(): Iterable<RunningMinutes> {
    return this.#all().values();
  }

  stored(topicFilter: string): Iterable<Message> {
    return storedMessages(topicFilter, this.store.devices, () => this.#all().values());
  }

  /** The last values of a device's streams. */
  latest(id: string) {
    return latestOf(id, this.store.devices, this.#all().values());
  }
}

function add(running: RunningMinutes, key: string, value: StreamValue | null, at: number, isRaw: boolean): boolean {
  if (typeof value === "number") return running.addNumber(key, value, at, isRaw);
  return running.addOther(key, typeof value === "string" && !isKeptText(value) ? null : value, at);
}
