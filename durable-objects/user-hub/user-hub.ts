// The Durable Object of one user: hands what the platform calls to the broker, and nothing else. Its sockets hibernate.
import { DurableObject } from "cloudflare:workers";
import type { CheckInRequest, LastCheckIn } from "../../src/domain/check-ins.ts";
import type { ConnectionPage, ConnectionQuery } from "../../src/domain/connections.ts";
import { type CredentialState, deletedVersion } from "../../src/domain/credentials.ts";
import type { RecordedFeed } from "../../src/domain/feed.ts";
import { hubIdOfName } from "../../src/domain/hub-name.ts";
import type { Presence } from "../../src/domain/presence.ts";
import type { ShadowEntry } from "../../src/domain/shadow/history.ts";
import type { ShadowRef } from "../../src/domain/shadow/topics.ts";
import { readConfig } from "../../src/config.ts";
import type { Result } from "../../src/errors.ts";
import { archiveStreams, forgetArchive } from "./archive-streams.ts";
import { Broker } from "./broker/broker.ts";
import { MeteredSql } from "./metered-sql.ts";
import { KvKeeper } from "./checkins/kv-keeper.ts";
import { type PartHandles, makeParts } from "./parts.ts";
import { readCredentials } from "./rebuild.ts";
import { brokerSettings } from "./settings.ts";
import type { ShadowCalls } from "./shadows/shadow-calls.ts";
import type { RecentHistory } from "../../src/domain/streams/history.ts";
import type { Stream, StreamChange } from "../../src/domain/streams/stream.ts";
import { changeStream, listStreams, recentHistory } from "./streams/answers.ts";
import type { RecentQuery } from "./streams/recent.ts";
import { MetaTable } from "./tables/meta.ts";
import type { DayUsage } from "./tables/usage.ts";

/** A message the API publishes for an app that holds no socket. */
export interface ApiMessage {
  topic: string;
  payload: Uint8Array;
  qos: 0 | 1;
  retain: boolean;
}

const noProperties = new Uint8Array(0);

export class UserHub extends DurableObject<Env> {
  /** memory: rebuilt on wake from attachments and SQLite. */
  #broker!: Broker;
  /** memory: made with the broker. */
  #parts!: PartHandles;
  readonly #hubId: string;
  /** sqlite: `filledAt`; memory: whether that is known. */
  #isFilled = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#hubId = hubIdOfName(ctx.id.name ?? "");
    void ctx.blockConcurrencyWhile(async () => {
      const { storage } = ctx;
      const sql = new MeteredSql(storage.sql);
      const settings = brokerSettings(this.#hubId, readConfig(env));
      this.#broker = new Broker({
        sql,
        settings,
        parts: makeParts({
          sql,
          settings,
          keeper: new KvKeeper(env.CHECKIN_CACHE, (work) => ctx.waitUntil(work)),
          keep: (handles) => (this.#parts = handles),
        }),
        now: () => Date.now(),
        sockets: ctx.getWebSockets(),
        alarmAt: await storage.getAlarm(),
        setAlarm: (at) => void storage.setAlarm(at),
      });
    });
    // Answered by the platform, without waking the hub.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Takes a socket from one of the Worker's doors. `x-homeport-*` headers are the doors' own. */
  override async fetch(request: Request): Promise<Response> {
    const { headers } = request;
    const requestId = headers.get("x-request-id");
    if (!(await this.#fill(requestId))) return unavailable();
    const token = headers.get("x-homeport-token");
    const protocol = headers.get("x-homeport-protocol") === "json" ? "json" : "mqtt";
    if (protocol === "json" && !this.#broker.admits(token)) return new Response(null, { status: 401 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const door = headers.get("x-homeport-door") === "relayed" ? "relayed" : "direct";
    const origin = {
      country: headers.get("x-homeport-country"),
      edge: headers.get("x-homeport-edge"),
      address: headers.get("x-homeport-address"),
    };
    this.#broker.open(server, { door, protocol, origin, token, requestId });
    const subprotocol = headers.get("sec-websocket-protocol");
    const answered = subprotocol ? { headers: { "sec-websocket-protocol": subprotocol } } : {};
    return new Response(null, { status: 101, webSocket: client, ...answered });
  }

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    this.#broker.receive(socket, data);
  }

  /** Answers the close handshake, or the peer waits 10 s and reports 1006. */
  override webSocketClose(socket: WebSocket): void {
    try {
      this.#broker.closed(socket);
    } finally {
      closeQuietly(socket);
    }
  }

  override webSocketError(socket: WebSocket): void {
    this.#broker.closed(socket);
  }

  /** The deadlines of the broker: see its own. A failure is retried by the platform, a few times. */
  override async alarm(): Promise<void> {
    try {
      this.#broker.alarm();
    } catch (error) {
      console.error(JSON.stringify({ event: "hub.alarm.failed", error: stackOf(error) }));
      throw error;
    }
    const { streams } = this.#parts;
    if (!streams.isArchiveDue(Date.now())) return;
    const succeeded = await archiveStreams(this.env, this.#hubId, streams.store);
    this.#broker.during(() => streams.archived(succeeded));
  }

  /**
   * Takes over what the database says of these credentials; sockets of those no longer admitted are closed. Here as below,
   * `requestId` names in the log the request that the call belongs to.
   */
  async applyCredentials(states: CredentialState[], requestId: string | null = null): Promise<Result<null>> {
    if (!(await this.#fill(requestId))) return databaseDown;
    const deleted = states.filter(({ subject, version }) => version === deletedVersion && subject.startsWith("dev_"));
    const result = logged("applyCredentials", requestId, (): Result<null> => {
      this.#broker.applyCredentials(states);
      this.#broker.during(() => this.#parts.checkIns.credentialsChanged(states));
      for (const { subject } of deleted) {
        this.#parts.shadows.forgetDevice(subject);
        this.#parts.feed.forgetDevice(subject);
        this.#parts.streams.forgetDevice(subject);
      }
      return { ok: true, value: null };
    });
    // A failure is the caller's to repeat, as that of the whole call.
    for (const { subject } of deleted) await forgetArchive(this.env, this.#hubId, subject);
    return result;
  }

  /** Publishes as the user's app; `recipients` counts the connections it was sent to. Durable on return when retained. */
  async publish(message: ApiMessage, requestId: string | null = null): Promise<Result<{ recipients: number }>> {
    // A hub that was published to has run: whoever asks about it later must ask the hub.
    if (!(await this.#fill(requestId))) return databaseDown;
    return logged("publish", requestId, () => {
      const packet = { ...message, topicBytes: null, properties: noProperties, expiresAt: null };
      const recipients = this.#broker.publish(packet);
      if (recipients !== null) return { ok: true, value: { recipients } };
      return { ok: false, code: "quota_exceeded", message: "The hub holds as many retained messages as it may." };
    });
  }

  async presence(deviceId: string, requestId: string | null = null): Promise<Result<Presence>> {
    return logged("presence", requestId, () => ({ ok: true, value: this.#broker.presence(deviceId) }));
  }

  async connections(query: ConnectionQuery, requestId: string | null = null): Promise<Result<ConnectionPage>> {
    return logged("connections", requestId, () => ({ ok: true, value: this.#broker.connections(query) }));
  }

  /** What was metered on these days (UTC, counted from 1970; both included). */
  async usage(fromDay: number, toDay: number, requestId: string | null = null): Promise<Result<DayUsage[]>> {
    return logged("usage", requestId, () => ({ ok: true, value: this.#broker.usage(fromDay, toDay) }));
  }

  /** Ends a connection, whose client may come back. */
  async endConnection(connectionId: string, requestId: string | null = null): Promise<Result<null>> {
    return logged("endConnection", requestId, () => {
      if (this.#broker.endConnection(connectionId)) return { ok: true, value: null };
      return { ok: false, code: "not_found", message: "There is no such connection." };
    });
  }

  /** A device that polls: takes its report, answers what waits for it. The answer is a CheckInAnswer as JSON text. */
  async checkIn(request: CheckInRequest, requestId: string | null = null): Promise<Result<string>> {
    if (!(await this.#fill(requestId))) return databaseDown;
    return logged("checkIn", requestId, () => {
      const answer = this.#broker.during(() => this.#parts.checkIns.checkIn(request));
      if (answer) return { ok: true, value: JSON.stringify(answer) };
      return { ok: false, code: "unauthenticated", message: "This credential is not in force." };
    });
  }

  /** What was recorded of a device's feed. */
  async feed(deviceId: string, requestId: string | null = null): Promise<Result<RecordedFeed>> {
    return logged("feed", requestId, () => {
      return { ok: true, value: this.#broker.during(() => this.#parts.feed.recorded(deviceId)) };
    });
  }

  /** Records everything that happens to a device, for so long. May start the hub: the device is still to come. */
  async recordFeed(
    deviceId: string,
    seconds: number,
    requestId: string | null = null,
  ): Promise<Result<{ recordingUntil: number }>> {
    if (!(await this.#fill(requestId))) return databaseDown;
    return logged("recordFeed", requestId, () => {
      const recordingUntil = this.#broker.during(() => this.#parts.feed.record(deviceId, seconds));
      return { ok: true, value: { recordingUntil } };
    });
  }

  /** The last check-in of a device that reported. */
  async lastCheckIn(deviceId: string, requestId: string | null = null): Promise<Result<LastCheckIn | null>> {
    return logged("lastCheckIn", requestId, () => ({ ok: true, value: this.#parts.checkIns.last(deviceId) }));
  }

  /** Shadows and their history come as JSON text, for the types of RPC end at recursive ones: see shadow-calls.ts. */
  async shadow(ref: ShadowRef, requestId: string | null = null): Promise<Result<string>> {
    return this.#onShadows("shadow", requestId, (shadows) => shadows.get(ref));
  }

  async shadows(deviceId: string, requestId: string | null = null): Promise<Result<ShadowEntry[]>> {
    return this.#onShadows("shadows", requestId, (shadows) => shadows.list(deviceId));
  }

  async shadowHistory(ref: ShadowRef, requestId: string | null = null): Promise<Result<string>> {
    return this.#onShadows("shadowHistory", requestId, (shadows) => shadows.history(ref));
  }

  /** `body`: as over MQTT. A device may be configured before it ever connected, so this may start the hub. */
  async updateShadow(
    ref: ShadowRef,
    { body, author }: { body: Uint8Array; author: string },
    requestId: string | null = null,
  ): Promise<Result<string>> {
    if (!(await this.#fill(requestId))) return databaseDown;
    return this.#onShadows("updateShadow", requestId, (shadows) => shadows.update(ref, body, author));
  }

  /** Makes desired again what it was at a version. */
  async revertShadow(
    ref: ShadowRef,
    { version, author }: { version: number; author: string },
    requestId: string | null = null,
  ): Promise<Result<string>> {
    return this.#onShadows("revertShadow", requestId, (shadows) => shadows.revert(ref, version, author));
  }

  /** `version`: the one it must have, if not null. */
  async deleteShadow(ref: ShadowRef, version: number | null, requestId: string | null = null): Promise<Result<null>> {
    return this.#onShadows("deleteShadow", requestId, (shadows) => shadows.delete(ref, version));
  }

  #onShadows<T>(call: string, requestId: string | null, act: (shadows: ShadowCalls) => Result<T>): Result<T> {
    return logged(call, requestId, () => this.#broker.during(() => act(this.#parts.shadows)));
  }

  async streams(deviceId: string, requestId: string | null = null): Promise<Result<Stream[]>> {
    return logged("streams", requestId, () => ({ ok: true, value: listStreams(this.#parts.streams, deviceId) }));
  }

  async changeStream(
    deviceId: string,
    name: string,
    change: StreamChange,
    requestId: string | null = null,
  ): Promise<Result<Stream>> {
    return logged("changeStream", requestId, () => changeStream(this.#parts.streams, deviceId, name, change));
  }

  /** What is not archived yet of a stream of that name, for each device. */
  async recentHistory(
    deviceIds: string[],
    query: Omit<RecentQuery, "deviceId">,
    requestId: string | null = null,
  ): Promise<Result<RecentHistory[]>> {
    return logged("recentHistory", requestId, () => ({
      ok: true,
      value: recentHistory(this.#parts.streams, deviceIds, query),
    }));
  }

  /** Once in a hub's life: takes its credentials over from the database. False: the database cannot be reached. */
  async #fill(requestId: string | null): Promise<boolean> {
    if (this.#isFilled) return true;
    const meta = new MetaTable(this.ctx.storage.sql);
    if (meta.read("filledAt") === null) {
      try {
        const now = Date.now();
        this.#broker.applyCredentials(await readCredentials(this.env, this.#hubId, now));
        meta.write("filledAt", now);
      } catch (error) {
        console.error(JSON.stringify({ event: "hub.fill.failed", requestId, error: String(error) }));
        return false;
      }
    }
    this.#isFilled = true;
    return true;
  }
}

const databaseDown = {
  ok: false,
  code: "unavailable",
  message: "The database cannot be reached. Try again shortly.",
} as const;

/** A bug's stack is known here alone: the caller hears only that the call failed. */
function logged<T>(call: string, requestId: string | null, act: () => Result<T>): Result<T> {
  try {
    return act();
  } catch (error) {
    console.error(JSON.stringify({ event: "hub.call.failed", call, requestId, error: stackOf(error) }));
    throw error;
  }
}

function stackOf(error: unknown): string {
  return String((error as Error | undefined)?.stack ?? error);
}

function unavailable(): Response {
  return new Response(databaseDown.message, { status: 503, headers: { "retry-after": "5" } });
}

function closeQuietly(socket: WebSocket): void {
  try {
    socket.close();
  } catch {
    // Already closed by us: the handshake is complete.
  }
}
