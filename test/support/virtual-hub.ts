// A broker without its Durable Object, on real SQLite, in a time of its own: for what happens after minutes or days, and for
// crashes. Its clients are sockets that keep what they are sent.
import { runInDurableObject } from "cloudflare:test";
import mqttPacket, { type Packet } from "mqtt-packet";
import { Broker } from "../../durable-objects/user-hub/broker/broker.ts";
import type { HubSocket } from "../../durable-objects/user-hub/connection.ts";
import { MeteredSql } from "../../durable-objects/user-hub/metered-sql.ts";
import { makeParts, type PartHandles, type PartSettings } from "../../durable-objects/user-hub/parts.ts";
import type { Sql } from "../../durable-objects/user-hub/tables/sql.ts";
import { type Grants, noGrants } from "../../src/domain/access.ts";
import { newId } from "../../src/domain/ids.ts";
import { signAppJwt, signDeviceCredential } from "../../src/identity/tokens.ts";
import { brokerSettings } from "./broker-settings.ts";
import { keys, TestHub } from "./hub.ts";
import { connectPacket } from "./mqtt-client.ts";

/** A hub in its own time, on the storage of an object. */
export function inVirtualHub(
  act: (hub: VirtualHub) => Promise<void>,
  settings: Partial<PartSettings> = {},
): Promise<void> {
  return runInDurableObject(new TestHub().stub, (_, state) => act(new VirtualHub(state.storage.sql, settings)));
}

export class VirtualHub {
  readonly id = newId("hub");
  readonly #sql: Sql;
  readonly #settings: PartSettings;
  readonly #rowsWritten: (isMeter: boolean) => number;
  readonly #rowsRead: () => number;
  /** At first noon of a day, whenever the test runs: what a hub does at night comes when time passes to it. */
  now = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 43_200_000;
  alarmAt: number | null = null;
  alarms = 0;
  broker: Broker;
  parts!: PartHandles;
  readonly clients = new Set<VirtualClient>();

  constructor(sql: Sql, settings: Partial<PartSettings> = {}) {
    const cursors: { cursor: { rowsRead: number; rowsWritten: number }; isMeter: boolean }[] = [];
    this.#sql = {
      exec: (query, ...bindings) => {
        const cursor = sql.exec(query, ...bindings) as ReturnType<typeof sql.exec<never>>;
        cursors.push({ cursor, isMeter: query.startsWith("INSERT INTO usage ") });
        return cursor;
      },
      get databaseSize() {
        return sql.databaseSize ?? 0;
      },
    };
    this.#rowsWritten = (withMeter) => {
      let sum = 0;
      for (const { cursor, isMeter } of cursors) if (withMeter || !isMeter) sum += cursor.rowsWritten;
      return sum;
    };
    this.#rowsRead = () => cursors.reduce((sum, { cursor }) => sum + cursor.rowsRead, 0);
    this.#settings = brokerSettings({ hubId: this.id, keys, ...settings });
    this.broker = this.#wake([]);
  }

  #wake(sockets: HubSocket[]): Broker {
    const sql = new MeteredSql(this.#sql);
    return new Broker({
      sql,
      settings: this.#settings,
      parts: makeParts({ sql, settings: this.#settings, keep: (parts) => (this.parts = parts) }),
      now: () => this.now,
      sockets,
      alarmAt: this.alarmAt,
      setAlarm: (at) => {
        this.alarms++;
        this.alarmAt = at;
      },
    });
  }

  /** The rows written since this was called, from the cursors; with the meter's, one an hour, if asked for. */
  countRowsWritten({ withMeter = false } = {}): () => number {
    const before = this.#rowsWritten(withMeter);
    return () => this.#rowsWritten(withMeter) - before;
  }

  /** The rows read since this was called. */
  countRowsRead(): () => number {
    const before = this.#rowsRead();
    return () => this.#rowsRead() - before;
  }

  /** The object leaves the memory; its sockets live on. */
  evict(): void {
    this.broker = this.#wake([...this.clients]);
  }

  /** The process dies, and all sockets with it. */
  crash(): void {
    for (const client of this.clients) client.isOpen = false;
    this.clients.clear();
    this.broker = this.#wake([]);
  }

  /** Lets time pass, with the alarms that fall due. */
  pass(seconds: number): void {
    const until = this.now + seconds * 1000;
    while (this.alarmAt !== null && this.alarmAt <= until) {
      this.now = Math.max(this.now, this.alarmAt);
      this.alarmAt = null;
      this.broker.alarm();
    }
    this.now = until;
  }

  async addDevice(grants: Partial<Grants> = {}): Promise<{ id: string; password: string }> {
    const id = newId("dev");
    this.broker.applyCredentials([{ subject: id, version: 1, gen: 1, grants: { ...noGrants, ...grants } }]);
    return { id, password: await signDeviceCredential(keys, { deviceId: id, hubId: this.id, gen: 1 }) };
  }

  appPassword(): Promise<string> {
    const claims = { userId: newId("usr"), hubId: this.id, issuer: "https://homeport.test" };
    return signAppJwt(keys, { ...claims, expiresAt: this.now + 365 * 24 * 3600 * 1000 });
  }

  /** `maxSeconds`: what the client asks for. */
  open(maxSeconds: number | null = null): VirtualClient {
    const client = new VirtualClient(this);
    this.clients.add(client);
    const origin = { country: null, edge: null, address: null };
    this.broker.open(client, { door: "direct", protocol: "mqtt", origin, token: null, requestId: null, maxSeconds });
    return client;
  }

  /** A client that has connected. */
  connect({ maxSeconds, ...options }: Parameters<typeof connectPacket>[0] & { maxSeconds?: number }): VirtualClient {
    const client = this.open(maxSeconds);
    client.version = (options.protocolVersion ?? 5) as 4 | 5;
    client.send(connectPacket({ protocolVersion: client.version, ...options }));
    return client;
  }
}

export class VirtualClient implements HubSocket {
  readonly #hub: VirtualHub;
  version: 4 | 5 = 5;
  isOpen = true;
  closeCode: number | null = null;
  #attachment: unknown = null;
  #received: Packet[] = [];
  #parser: mqttPacket.Parser | null = null;

  constructor(hub: VirtualHub) {
    this.#hub = hub;
  }

  /** What the hub does with the socket. */
  send(data: Uint8Array | string | Packet): void {
    if (!(data instanceof Uint8Array)) return this.#toHub(data as Packet);
    if (!this.isOpen) return;
    if (!this.#parser) {
      this.#parser = mqttPacket.parser({ protocolVersion: this.version });
      this.#parser.on("packet", (packet: Packet) => this.#received.push(packet));
    }
    this.#parser.parse(Buffer.from(data));
  }

  #toHub(packet: Packet): void {
    const bytes = mqttPacket.generate(packet, { protocolVersion: this.version });
    this.#hub.broker.receive(this, new Uint8Array(bytes).buffer);
  }

  /** To the hub, as they are. */
  sendBytes(bytes: Uint8Array): void {
    this.#hub.broker.receive(this, new Uint8Array(bytes).buffer);
  }

  close(code: number): void {
    this.isOpen = false;
    this.closeCode = code;
    this.#hub.clients.delete(this);
  }

  serializeAttachment(value: unknown): void {
    this.#attachment = structuredClone(value);
  }

  deserializeAttachment(): unknown {
    return structuredClone(this.#attachment);
  }

  /** The network breaks, and the hub hears of it. */
  drop(): void {
    this.isOpen = false;
    this.#hub.clients.delete(this);
    this.#hub.broker.closed(this);
  }

  /** What has come since the last call. */
  take(): Packet[] {
    return this.#received.splice(0);
  }

  /** The texts of the messages that have come since the last call. */
  takeTexts(): string[] {
    return this.take().flatMap((packet) => (packet.cmd === "publish" ? [packet.payload.toString()] : []));
  }

  subscribe(topic: string, qos: 0 | 1 | 2 = 0): void {
    this.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos }] });
  }
}
