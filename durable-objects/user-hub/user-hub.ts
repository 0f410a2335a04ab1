// The Durable Object of one user: what the platform calls, and what the Worker may ask (RPC), each handed to the broker or to a
// part in a line or three. Its sockets hibernate. Every call says last from which request it comes and who pays for it.
import { DurableObject } from "cloudflare:workers";
import type { RawCheckInQuery } from "../../src/domain/check-in-log.ts";
import type { CheckInRequest, LastCheckIn } from "../../src/domain/check-ins.ts";
import type { ConfigurationCall } from "../../src/domain/configurations/configuration.ts";
import type { ConnectionPage, ConnectionQuery } from "../../src/domain/connections.ts";
import { type CredentialState, deletedVersion } from "../../src/domain/credentials.ts";
import type { Announcing } from "../../src/domain/discovery/own-device.ts";
import type { AnnouncedQuery, EntityCommand } from "../../src/domain/discovery/views.ts";
import type { RecordedFeed } from "../../src/domain/feed.ts";
import { bareCall, type HubCall } from "../../src/domain/hub-call.ts";
import type { DeliveryReport } from "../../src/domain/notifications.ts";
import type { Presence } from "../../src/domain/presence.ts";
import type { RuleCall } from "../../src/domain/rules/call.ts";
import type { ShadowEntry } from "../../src/domain/shadow/history.ts";
import type { ShadowRef } from "../../src/domain/shadow/topics.ts";
import type { RecentHistory } from "../../src/domain/streams/history.ts";
import type { Stream, StreamChange } from "../../src/domain/streams/stream.ts";
import type { Result } from "../../src/errors.ts";
import { recentCheckIns } from "./checkins/recent-check-ins.ts";
import { announcedPage, commandEntity } from "./discovery/views.ts";
import type { RetainedPage } from "./broker/retained.ts";
import { databaseDown, Hub } from "./hub.ts";
import { openSocket } from "./open-socket.ts";
import type { ShadowCalls } from "./shadows/shadow-calls.ts";
import { type UnarchivedDays, changeStream, listStreams, recentHistory, unarchivedDays } from "./streams/answers.ts";
import type { RecentQuery } from "./streams/recent.ts";
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
  /** memory: made on wake; null: everything was erased since. */
  #made: Hub | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      this.#made = new Hub(ctx, env, await ctx.storage.getAlarm());
    });
    // Answered by the platform, without waking the hub.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  get #hub(): Hub {
    return (this.#made ??= new Hub(this.ctx, this.env, null));
  }

  override async fetch(request: Request): Promise<Response> {
    return openSocket(this.ctx, this.#hub, request);
  }

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    this.#hub.broker.receive(socket, data);
  }

  /** Answers the close handshake, or the peer waits 10 s and reports 1006. */
  override webSocketClose(socket: WebSocket): void {
    try {
      this.#made?.broker.closed(socket);
    } finally {
      closeQuietly(socket);
    }
  }

  override webSocketError(socket: WebSocket): void {
    this.#made?.broker.closed(socket);
  }

  override async alarm(): Promise<void> {
    await this.#hub.alarm();
  }

  /** Takes over what the database says of these credentials; sockets of those no longer admitted are closed. */
  async applyCredentials(
    states: CredentialState[],
    call: HubCall = bareCall,
    author: string | null = null,
  ): Promise<Result<null>> {
    if (!(await this.#hub.fill(call.requestId))) return databaseDown;
    const deleted = states.filter(({ subject, version }) => version === deletedVersion && subject.startsWith("dev_"));
    const deviceIds = deleted.map(({ subject }) => subject);
    const result = this.#hub.answer("applyCredentials", call, (hub): Result<null> => {
      hub.applyCredentials(states, author);
      hub.forgetDevices(deviceIds);
      return { ok: true, value: null };
    });
    await this.#hub.forgetArchives(deviceIds);
    return result;
  }

  /**
   * Publishes as the user's app; `recipients` counts the connections it was sent to. Durable on return when retained. A hub
   * that was published to has run: whoever asks about it later must ask the hub.
   */
  async publish(message: ApiMessage, call: HubCall = bareCall): Promise<Result<{ recipients: number }>> {
    return this.#hub.answerFilled("publish", call, ({ broker }) => {
      const packet = { ...message, topicBytes: null, properties: noProperties, expiresAt: null };
      const recipients = broker.publish(packet);
      if (recipients !== null) return { ok: true, value: { recipients } };
      return { ok: false, code: "quota_exceeded", message: "The hub holds as many retained messages as it may." };
    });
  }

  /** Ends all connections and empties the storage: the account is no more. */
  async erase(): Promise<Result<null>> {
    this.#hub.broker.endAll();
    this.#made = null;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    return { ok: true, value: null };
  }

  async presence(deviceId: string, call: HubCall = bareCall): Promise<Result<Presence>> {
    return this.#hub.answer("presence", call, ({ broker }) => {
      return { ok: true, value: broker.presence(deviceId) };
    });
  }

  async connections(query: ConnectionQuery, call: HubCall = bareCall): Promise<Result<ConnectionPage>> {
    return this.#hub.answer("connections", call, ({ broker }) => {
      return { ok: true, value: broker.connections(query) };
    });
  }

  /** What was metered on these days (UTC, counted from 1970; both included). */
  async usage(fromDay: number, toDay: number, call: HubCall = bareCall): Promise<Result<DayUsage[]>> {
    return this.#hub.answer("usage", call, ({ broker }) => ({ ok: true, value: broker.usage(fromDay, toDay) }));
  }

  async retainedMessages(after: string | null, call: HubCall = bareCall): Promise<Result<RetainedPage>> {
    return this.#hub.answer("retainedMessages", call, ({ broker }) => {
      return { ok: true, value: broker.retainedMessages(after) };
    });
  }

  /** Ends a connection, whose client may come back. */
  async endConnection(connectionId: string, call: HubCall = bareCall): Promise<Result<null>> {
    return this.#hub.answer("endConnection", call, ({ broker }) => {
      if (broker.endConnection(connectionId)) return { ok: true, value: null };
      return { ok: false, code: "not_found", message: "There is no such connection." };
    });
  }

  /** Whatever is asked about rules; to make one may start the hub. */
  async rules(asked: RuleCall, call: HubCall = bareCall): Promise<Result<string>> {
    return this.#hub.answerFilled(`rules.${asked.type}`, call, ({ broker, parts }) =>
      broker.during(() => parts.rules.calls.answer(asked)),
    );
  }

  /** Whatever is asked about configurations; to make one may start the hub. */
  async configurations(asked: ConfigurationCall, call: HubCall = bareCall): Promise<Result<string>> {
    return this.#hub.askConfigurations(asked, call);
  }

  /** A notification that a rule made was delivered, or given up. */
  async notificationDelivered(report: DeliveryReport, call: HubCall = bareCall): Promise<Result<null>> {
    return this.#hub.answer("notificationDelivered", call, ({ broker, parts }) =>
      broker.during(() => parts.rules.calls.delivered(report)),
    );
  }

  /** A device that polls: takes its report, answers what waits for it. The answer is a CheckInAnswer as JSON text. */
  async checkIn(request: CheckInRequest, call: HubCall = bareCall): Promise<Result<string>> {
    return this.#hub.answerFilled("checkIn", call, ({ broker, parts }) => {
      const answer = broker.during(() => parts.checkIns.checkIn(request), request.deviceId);
      if (answer) return { ok: true, value: JSON.stringify(answer) };
      return { ok: false, code: "unauthenticated", message: "This credential is not in force." };
    });
  }

  /** Reports of a device that polls that are not in R2 yet. */
  async recentCheckIns(
    query: RawCheckInQuery,
    call: HubCall = bareCall,
  ): Promise<Result<{ reports: string; more: boolean }>> {
    return this.#hub.answer("recentCheckIns", call, ({ broker, parts }) =>
      broker.during(() => recentCheckIns(parts.streams.store, query)),
    );
  }

  /** The last check-in of a device that reported. */
  async lastCheckIn(deviceId: string, call: HubCall = bareCall): Promise<Result<LastCheckIn | null>> {
    return this.#hub.answer("lastCheckIn", call, ({ broker, parts }) => {
      return { ok: true, value: broker.during(() => parts.checkIns.last(deviceId)) };
    });
  }

  /** What was recorded of a device's feed. */
  async feed(deviceId: string, call: HubCall = bareCall): Promise<Result<RecordedFeed>> {
    return this.#hub.answer("feed", call, ({ broker, parts }) => {
      return { ok: true, value: broker.during(() => parts.feed.recorded(deviceId)) };
    });
  }

  /** Records everything that happens to a device, for so long. May start the hub: the device is still to come. */
  async recordFeed(
    deviceId: string,
    seconds: number,
    call: HubCall = bareCall,
  ): Promise<Result<{ recordingUntil: number }>> {
    return this.#hub.answerFilled("recordFeed", call, ({ broker, parts }) => {
      return { ok: true, value: { recordingUntil: broker.during(() => parts.feed.record(deviceId, seconds)) } };
    });
  }

  /** Shadows and their history come as JSON text, for the types of RPC end at recursive ones: see shadow-calls.ts. */
  async shadow(ref: ShadowRef, call: HubCall = bareCall): Promise<Result<string>> {
    return this.#onShadows("shadow", call, (shadows) => shadows.get(ref));
  }

  async shadows(deviceId: string, call: HubCall = bareCall): Promise<Result<ShadowEntry[]>> {
    return this.#onShadows("shadows", call, (shadows) => shadows.list(deviceId));
  }

  async shadowHistory(ref: ShadowRef, call: HubCall = bareCall): Promise<Result<string>> {
    return this.#onShadows("shadowHistory", call, (shadows) => shadows.history(ref));
  }

  /** `body`: as over MQTT. A device may be configured before it ever connected, so this may start the hub. */
  async updateShadow(
    ref: ShadowRef,
    { body, author }: { body: Uint8Array; author: string },
    call: HubCall = bareCall,
  ): Promise<Result<string>> {
    if (!(await this.#hub.fill(call.requestId))) return databaseDown;
    return this.#onShadows("updateShadow", call, (shadows) => shadows.update(ref, body, author));
  }

  /** Makes desired again what it was at a version. */
  async revertShadow(
    ref: ShadowRef,
    { version, author }: { version: number; author: string },
    call: HubCall = bareCall,
  ): Promise<Result<string>> {
    return this.#onShadows("revertShadow", call, (shadows) => shadows.revert(ref, version, author));
  }

  /** `version`: the one it must have, if not null. */
  async deleteShadow(ref: ShadowRef, version: number | null, call: HubCall = bareCall): Promise<Result<null>> {
    return this.#onShadows("deleteShadow", call, (shadows) => shadows.delete(ref, version));
  }

  #onShadows<T>(name: string, call: HubCall, act: (shadows: ShadowCalls) => Result<T>): Result<T> {
    return this.#hub.answer(name, call, ({ broker, parts }) => broker.during(() => act(parts.shadows)));
  }

  async streams(deviceId: string, call: HubCall = bareCall): Promise<Result<Stream[]>> {
    return this.#hub.answer("streams", call, ({ broker, parts }) => {
      return { ok: true, value: broker.during(() => listStreams(parts.streams, deviceId)) };
    });
  }

  /** The days (since the epoch) of which something of a device is not archived. */
  async unarchivedDays(deviceId: string, call: HubCall = bareCall): Promise<Result<UnarchivedDays>> {
    return this.#hub.answer("unarchivedDays", call, ({ broker, parts }) => {
      return { ok: true, value: broker.during(() => unarchivedDays(parts.streams, deviceId)) };
    });
  }

  async changeStream(
    deviceId: string,
    name: string,
    change: StreamChange,
    call: HubCall = bareCall,
  ): Promise<Result<Stream>> {
    return this.#hub.answer("changeStream", call, ({ broker, parts }) => {
      return broker.during(() => changeStream(parts.streams, deviceId, name, change));
    });
  }

  /** What is not archived yet of a stream of that name, for each device. */
  async recentHistory(
    deviceIds: string[],
    query: Omit<RecentQuery, "deviceId">,
    call: HubCall = bareCall,
  ): Promise<Result<RecentHistory[]>> {
    return this.#hub.answer("recentHistory", call, ({ broker, parts }) => {
      return { ok: true, value: broker.during(() => recentHistory(parts.streams, deviceIds, query)) };
    });
  }

  /** What announced itself, as JSON text of an AnnouncedPage. */
  async announcedDevices(query: AnnouncedQuery, call: HubCall = bareCall): Promise<Result<string>> {
    return this.#hub.answer("announcedDevices", call, ({ broker, parts }) => {
      return { ok: true, value: JSON.stringify(broker.during(() => announcedPage(parts.discovery, query))) };
    });
  }

  async commandEntity(
    command: EntityCommand,
    call: HubCall = bareCall,
  ): Promise<Result<{ topic: string; recipients: number }>> {
    return this.#hub.answer("commandEntity", call, ({ broker, parts }) => {
      return broker.during(() => commandEntity(parts.discovery, command));
    });
  }

  /** Announces a device to a Home Assistant that is connected. May start the hub. */
  async announceDevice(deviceId: string, about: Announcing, call: HubCall = bareCall): Promise<Result<null>> {
    return this.#hub.answerFilled("announceDevice", call, ({ broker, parts }) => {
      return broker.during(() => parts.discovery.own.announce(deviceId, about));
    });
  }

  async withdrawDevice(deviceId: string, call: HubCall = bareCall): Promise<Result<null>> {
    return this.#hub.answer("withdrawDevice", call, ({ broker, parts }) => {
      broker.during(() => parts.discovery.own.withdraw(deviceId));
      return { ok: true, value: null };
    });
  }
}

function closeQuietly(socket: WebSocket): void {
  try {
    socket.close();
  } catch {
    // Already closed by us: the handshake is complete.
  }
}
