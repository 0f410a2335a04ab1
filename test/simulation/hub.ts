// The platform around the real broker: events that commit or do not, the output gate, attachments, the alarm, eviction and
// crashes. The only file that knows how a broker is made and called.
import { deserialize, serialize } from "node:v8";
import { Broker } from "../../durable-objects/user-hub/broker/broker.ts";
import type { BrokerSettings } from "../../durable-objects/user-hub/broker/settings.ts";
import type { HubSocket } from "../../durable-objects/user-hub/connection.ts";
import type { CredentialState } from "../../src/domain/credentials.ts";
import { brokerSettings } from "../support/broker-settings.ts";
import { hubId, keys } from "./identities.ts";
import { SimulatedStorage } from "./sqlite.ts";

/** Serialised, as the platform counts. */
const maxAttachmentBytes = 16_384;

/** How soon an alarm that failed is tried again. */
const alarmRetryMs = 2000;

const passingTables = [
  "sessions",
  "session_subscriptions",
  "queued_messages",
  "wills",
  "topic_aliases",
  "partial_packets",
];

export type Settings = Omit<BrokerSettings, "hubId" | "keys">;

/** As generous as the defaults of src/config.ts, or more so. */
export const roomySettings: Settings = brokerSettings({
  hubId,
  keys,
  maxQueuedMessages: 50_000,
  presenceSweepSeconds: 0,
});

/** What one event did to one socket, in order. */
export interface Output<S> {
  socket: S;
  /** Null: closed. */
  data: Uint8Array | null;
}

/** What happens to the event that is next: nothing, a crash before its commit, or one after it. */
export type CrashPlan = null | "before the commit" | "after the commit";

export class SimulatedSocket implements HubSocket {
  /** Both ends count: closed by the hub, or known by the platform to be gone. */
  isClosed = false;
  isGone = false;
  #attachment: Uint8Array | null = null;
  /** Whether the hub has been told of it: the platform lists it from then on. */
  isKnown = false;
  /** Collects what the present event does to it. */
  outputs: Output<SimulatedSocket>[] | null = null;

  send(data: Uint8Array | string): void {
    if (typeof data === "string") throw new Error("text was sent to an MQTT client");
    if (this.isClosed) throw new Error("sent after close");
    this.outputs?.push({ socket: this, data: data.slice() });
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.outputs?.push({ socket: this, data: null });
  }

  serializeAttachment(value: unknown): void {
    const bytes = serialize(value);
    if (bytes.length > maxAttachmentBytes) throw new Error(`an attachment has ${bytes.length} bytes`);
    this.#attachment = bytes;
  }

  deserializeAttachment(): unknown {
    return this.#attachment && deserialize(this.#attachment);
  }
}

export interface Platform<S extends SimulatedSocket> {
  now: () => number;
  /** Plans a call of `fire` for the alarm. */
  setAlarm: (at: number) => void;
  /** The sockets of this hub, and those of them that are listed when it wakes. */
  sockets: () => Iterable<S>;
  liveSockets: (own: S[]) => S[];
}

export class SimulatedHub<S extends SimulatedSocket> {
  readonly storage = new SimulatedStorage();
  readonly #platform: Platform<S>;
  readonly #settings: BrokerSettings;
  #broker: Broker | null = null;
  /** As the storage has it; null: none. */
  alarmAt: number | null = null;
  #wantedAlarmAt: number | null = null;
  crashNext: CrashPlan = null;
  /** What the broker logged: failures that it caught. */
  readonly failures: string[] = [];

  constructor(settings: Settings, platform: Platform<S>) {
    this.#settings = { ...settings, hubId, keys };
    this.#platform = platform;
  }

  get isAwake(): boolean {
    return this.#broker !== null;
  }

  open(socket: S): Event<S> {
    const opening = { door: "direct", protocol: "mqtt", token: null, requestId: null } as const;
    const origin = { country: null, edge: null, address: null };
    return this.#event([socket], (broker) => broker.open(socket, { ...opening, origin }));
  }

  receive(socket: S, bytes: Uint8Array): Event<S> {
    return this.#event([socket], (broker) => broker.receive(socket, bytes.slice().buffer));
  }

  closed(socket: S): Event<S> {
    return this.#event([socket], (broker) => broker.closed(socket));
  }

  /** The platform forgets the alarm when it calls; if that call fails, it calls again. */
  alarm(): Event<S> {
    const wasAt = this.alarmAt;
    this.alarmAt = null;
    const event = this.#event([], (broker) => broker.alarm());
    if (!event.committed && wasAt !== null) {
      this.alarmAt = wasAt + alarmRetryMs;
      this.#platform.setAlarm(this.alarmAt);
    }
    return event;
  }

  applyCredentials(states: CredentialState[]): Event<S> {
    return this.#event([], (broker) => broker.applyCredentials(states));
  }

  publish(topic: string, payload: string, qos: 0 | 1, retain: boolean): Event<S> {
    const properties = new Uint8Array(0);
    const message = {
      topic,
      topicBytes: null,
      payload: Buffer.from(payload),
      qos,
      retain,
      properties,
      expiresAt: null,
    };
    return this.#event([], (broker) => broker.publish(message));
  }

  isOnline(deviceId: string): Event<S> {
    return this.#event([], (broker) => broker.presence(deviceId).online);
  }

  /** The object leaves the memory; sockets and storage stay. */
  evict(): void {
    this.#broker = null;
  }

  crash(): void {
    this.#broker = null;
  }

  /** Payloads of wills that are kept. */
  wills(): Set<string> {
    const rows = this.storage.exec<{ payload: ArrayBuffer }>("SELECT payload FROM wills");
    return new Set(rows.toArray().map(({ payload }) => Buffer.from(payload).toString("latin1")));
  }

  /** How many messages were dropped from the queue of a connected client. */
  droppedFor(clientId: string): number {
    const event = this.#event([], (broker) => {
      return broker
        .connections({ after: null, limit: 100, deviceId: null })
        .items.find((each) => each.clientId === clientId);
    });
    return (event.value as { droppedFromQueue: number } | undefined)?.droppedFromQueue ?? 0;
  }

  /** Rows by table, of those that hold rows of connections and sessions alone. */
  leftovers(): Record<string, number> {
    const found: Record<string, number> = {};
    for (const name of passingTables) {
      const n = this.storage.exec<{ n: number }>(`SELECT count(*) AS n FROM ${name}`).toArray()[0]?.n ?? 0;
      if (n > 0) found[name] = n;
    }
    return found;
  }

  #event(own: S[], act: (broker: Broker) => unknown): Event<S> {
    const outputs: Output<S>[] = [];
    const crash = this.crashNext;
    this.crashNext = null;
    for (const socket of [...this.#platform.sockets(), ...own])
      socket.outputs = outputs as unknown as Output<SimulatedSocket>[];
    this.storage.begin();
    this.#wantedAlarmAt = null;
    let value: unknown;
    try {
      this.#broker ??= this.#wake(this.#platform.liveSockets(own));
      value = act(this.#broker);
    } catch (error) {
      this.storage.rollback();
      throw new Error(`the broker threw ${String((error as Error)?.stack ?? error)}`, { cause: error });
    }
    for (const socket of own) socket.isKnown = true;
    if (crash === "before the commit") {
      this.storage.rollback();
      return { committed: false, crashed: true, outputs: [], value };
    }
    this.storage.commit();
    if (this.#wantedAlarmAt !== null) {
      this.alarmAt = this.#wantedAlarmAt;
      this.#platform.setAlarm(this.alarmAt);
    }
    return { committed: true, crashed: crash !== null, outputs, value };
  }

  #wake(sockets: S[]): Broker {
    return new Broker({
      sql: this.storage,
      settings: this.#settings,
      now: this.#platform.now,
      sockets,
      alarmAt: this.alarmAt,
      setAlarm: (at) => {
        this.#wantedAlarmAt = at;
      },
    });
  }
}

export interface Event<S> {
  committed: boolean;
  crashed: boolean;
  outputs: Output<S>[];
  value: unknown;
}
