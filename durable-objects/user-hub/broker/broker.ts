// One broker per user: the entry points, each one event. Takes time, storage and sockets from outside and is synchronous,
// so that a whole hub can be simulated in one thread.
import type { ConnectionPage, ConnectionQuery } from "../../../src/domain/connections.ts";
import type { CredentialState } from "../../../src/domain/credentials.ts";
import type { HubCall } from "../../../src/domain/hub-call.ts";
import { addCount, addUsage, appsKey, counted, type Counted, hubKey } from "../../../src/domain/prices/hub-usage.ts";
import type { Presence } from "../../../src/domain/presence.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { Connection, Door, HubSocket, Origin } from "../connection.ts";
import { MeteredSql } from "../metered-sql.ts";
import type { Part, PartContext } from "../part.ts";
import { migrate } from "../tables/migrations.ts";
import type { Sql } from "../tables/sql.ts";
import type { DayUsage } from "../tables/usage.ts";
import { hasRoomForShare, isListed, readToken } from "./connect.ts";
import { connectionsPage, endConnection } from "./connections.ts";
import { enforceCredential, settle } from "./ending.ts";
import { settleDue } from "./housekeeping.ts";
import { boundConnection, endSilent, watchAllSilence } from "./keep-alive.ts";
import type { Message } from "./message.ts";
import { keepOrphans, settleOrphans, watchMissing } from "./orphans.ts";
import { partContext } from "./part-context.ts";
import { presenceOf } from "./presence.ts";
import { publish } from "./publish.ts";
import { receive } from "./receive.ts";
import { enterJson } from "./receive-json.ts";
import { loadSessions, saveSession } from "./session-life.ts";
import { type RetainedPage, retainedPage } from "./retained.ts";
import type { BrokerSettings } from "./settings.ts";
import { enter, makeRoomForUnconnected, restore } from "./sockets.ts";
import { BrokerState } from "./state.ts";

export interface BrokerOptions {
  sql: Sql;
  settings: BrokerSettings;
  now: () => number;
  /** Those that live on from before the hub slept. */
  sockets: HubSocket[];
  /** When the object will be woken, as far as its storage says; null: not at all. */
  alarmAt: number | null;
  /** Asks to be woken, in place of a later time. */
  setAlarm: (at: number) => void;
  /** What the hub makes of messages beyond passing them on. */
  parts?: (context: PartContext) => Part[];
}

export class Broker {
  readonly #state: BrokerState;
  readonly #now: () => number;
  readonly #setAlarm: (at: number) => void;
  /** memory: what storage.getAlarm says; infinite: none. */
  #alarmAt: number;
  #mayHaveOrphans: boolean;
  #isFirstEvent = true;
  /** memory: the call from outside that is being answered. */
  #answered: HubCall | null = null;

  constructor({ sql, settings, now, sockets, alarmAt, setAlarm, parts }: BrokerOptions) {
    const metered = MeteredSql.of(sql);
    migrate(metered);
    this.#state = new BrokerState(metered, settings);
    this.#now = now;
    this.#setAlarm = setAlarm;
    this.#alarmAt = alarmAt ?? Number.POSITIVE_INFINITY;
    this.#state.parts = parts?.(partContext(this.#state)) ?? [];
    loadSessions(this.#state);
    for (const socket of sockets) restore(this.#state, socket);
    this.#state.meter.takeRows(hubKey);
    // Whatever kills connections without a close event kills all of them.
    this.#mayHaveOrphans = sockets.length === 0;
  }

  #settleOrphans(): void {
    if (!this.#mayHaveOrphans) return;
    this.#mayHaveOrphans = false;
    settleOrphans(this.#state);
  }

  /** Whether this token lets somebody in, now. */
  admits(token: string | null): boolean {
    return this.#event(() => {
      const admission = token === null ? null : readToken(this.#state, token);
      const isAdmitted =
        admission !== null && isListed(this.#state, admission) && hasRoomForShare(this.#state, admission);
      if (!isAdmitted) this.#state.meter.of(hubKey)[counted.requests]++;
      return isAdmitted;
    });
  }

  /**
   * A new socket. `token`: what its upgrade showed, if anything. It lets an MQTT client connect without a password; a
   * JSON client, whose token must have been asked about, is connected with it.
   */
  open(
    socket: HubSocket,
    opening: {
      door: Door;
      protocol: "mqtt" | "json";
      origin: Origin;
      token: string | null;
      requestId: string | null;
      /** How long the client wants its connection to last at most. */
      maxSeconds?: number | null;
    },
  ): void {
    this.#event(() => {
      const state = this.#state;
      const upgradeAdmission = opening.token === null ? null : readToken(state, opening.token);
      this.#settleOrphans();
      settleDue(state);
      endSilent(state);
      makeRoomForUnconnected(state);
      const { door, origin, requestId } = opening;
      const connection = enter(state, socket, { door, origin, requestId, upgradeAdmission });
      boundConnection(state, connection, opening.maxSeconds ?? null);
      if (opening.protocol === "json" && upgradeAdmission) enterJson(state, connection, upgradeAdmission);
    });
  }

  /** A frame of a client. A failure of our own ends its connection and leaves the others alone. */
  receive(socket: HubSocket, data: ArrayBuffer | string): void {
    const connection = this.#state.connections.get(socket) ?? restore(this.#state, socket);
    if (!connection) return;
    const state = this.#state;
    state.now = this.#now();
    try {
      settleDue(state);
      receive(state, connection, data);
      endSilent(state);
    } catch (error) {
      const { id: connectionId, requestId } = connection.state;
      const stack = String((error as Error)?.stack ?? error);
      console.error(JSON.stringify({ event: "hub.receive.failed", connectionId, requestId, error: stack }));
      const reason = "The hub could not handle this packet.";
      const code = reasonCode.implementationSpecificError;
      state.end(connection, { reasonCode: code, reason, tellPeer: true, dropWill: false });
    } finally {
      this.#finish(connection);
    }
  }

  /** The socket is gone: closed by the peer, or lost. If that woke the hub, the socket was not among the living ones. */
  closed(socket: HubSocket): void {
    const lost = { reasonCode: reasonCode.normalDisconnection, reason: "", tellPeer: false, dropWill: false };
    this.#event(() => {
      settleDue(this.#state);
      const connection = this.#state.connections.get(socket) ?? restore(this.#state, socket);
      if (connection) this.#state.end(connection, lost);
    });
  }

  /** The object's alarm: what is due by time. Also the first event after a crash that nobody comes back from. */
  alarm(): void {
    this.#alarmAt = Number.POSITIVE_INFINITY;
    this.#event(() => {
      const state = this.#state;
      state.meter.of(hubKey)[counted.alarms]++;
      if (state.connections.size === 0) {
        this.#settleOrphans();
        keepOrphans(state);
      }
      state.deadlines.nextDueAt = 0;
      state.deadlines.nextSilenceAt = 0;
      endSilent(state);
      settleDue(state);
      watchAllSilence(state);
    });
  }

  /** Publishes for the API, which has checked topic and rights. Null: the hub holds as many retained messages as it may. */
  publish(message: Message): number | null {
    return this.#call(() => publish(this.#state, message, null, { canRefuse: true }), this.#answered?.key ?? appsKey);
  }

  /** Answers a call from outside: the event that `act` makes is its own, and what it brings along is counted. */
  answering<T>(call: HubCall, act: () => T): T {
    this.take(call.operations);
    this.#answered = call;
    try {
      return act();
    } finally {
      this.#answered = null;
    }
  }

  /** Counts what was done around the hub, by key. Kept with the next event. */
  take(operations: HubCall["operations"]): void {
    for (const [key, usage] of Object.entries(operations)) addUsage(this.#state.meter.of(key), usage);
  }

  /** Runs what a part does for a call from outside, as an event of its own. `key`: whose it is, if not whose the call is. */
  during<T>(act: () => T, key?: string): T {
    return this.#call(act, key);
  }

  /** The same for what goes on from a call or an alarm that was counted already. */
  within<T>(act: (count: (key: string, what: Counted, times?: number) => void) => T): T {
    return this.#event(() => act((key, what, times) => addCount(this.#state.meter.of(key), what, times)));
  }

  /** Counts what is done outside for somebody, as part of the present event. */
  count(key: string, what: Counted): void {
    addCount(this.#state.meter.of(key), what);
  }

  presence(deviceId: string): Presence {
    return this.#call(() => presenceOf(this.#state, deviceId));
  }

  connections(query: ConnectionQuery): ConnectionPage {
    return this.#call(() => {
      settleDue(this.#state);
      endSilent(this.#state);
      return connectionsPage(this.#state, query);
    });
  }

  /** A page of what is retained; `after`: the cursor of the page before. */
  retainedMessages(after: string | null): RetainedPage {
    return this.#call(() => retainedPage(this.#state, after));
  }

  /** Ends a connection for its owner. False: there is no such connection. */
  endConnection(id: string): boolean {
    return this.#call(() => endConnection(this.#state, id));
  }

  /** Ends all connections for good: there will be nothing to come back to. */
  endAll(): void {
    const reason = "The account was deleted.";
    const ending = { reasonCode: reasonCode.administrativeAction, reason, tellPeer: true, dropWill: true };
    this.#call(() => {
      for (const connection of this.#state.connections.values()) this.#state.end(connection, ending);
    });
  }

  /** Takes over newer credentials; connections they no longer admit end, subscriptions they no longer grant go. */
  applyCredentials(states: readonly CredentialState[]): void {
    this.#event(() => {
      for (const credential of states)
        if (this.#state.credentials.apply(credential)) enforceCredential(this.#state, credential);
    });
  }

  /** What was metered on these days (UTC, since 1970; both included). */
  usage(fromDay: number, toDay: number): DayUsage[] {
    return this.#call(() => this.#state.meter.between(this.#state, fromDay, toDay));
  }

  /** A call from outside: one billed request. What it reads and writes is the key's, too. */
  #call<T>(act: () => T, key = this.#answered?.key ?? hubKey): T {
    return this.#event(() => {
      const { meter } = this.#state;
      meter.of(key)[counted.requests]++;
      if (this.#answered?.isRequest === false) addCount(meter.of(key), "callsBeyond");
      const result = act();
      meter.takeRows(key);
      return result;
    });
  }

  /** Runs one event: afterwards everything that has to survive is stored, and everything collected is sent. */
  #event<T>(act: () => T): T {
    this.#state.now = this.#now();
    try {
      return act();
    } finally {
      this.#finish(null);
    }
  }

  /** Ends an event. Settling a connection may touch others; storing and sending touches nobody. `owner`: whose it was. */
  #finish(owner: Connection | null): void {
    const state = this.#state;
    const { endings, changedSessions, deadlines } = state;
    while (endings.size > 0 || state.later.length > 0) {
      for (const [connection, ending] of endings) settle(state, connection, ending);
      for (const act of state.later.splice(0)) attempt(act);
    }
    if (this.#isFirstEvent) {
      this.#isFirstEvent = false;
      watchMissing(state);
    }
    if (changedSessions.length > 0) for (const session of changedSessions.splice(0)) saveSession(state, session);
    if (deadlines.wantedAt !== Number.POSITIVE_INFINITY) this.#arm(deadlines.wantedAt);
    state.meter.finish(state, owner);
    let connection = state.touched;
    state.touched = null;
    while (connection) {
      const next: Connection | null = connection.nextTouched;
      connection.touched = false;
      connection.nextTouched = null;
      connection.save();
      connection.flush();
      connection = next;
    }
  }

  #arm(wantedAt: number): void {
    this.#state.deadlines.wantedAt = Number.POSITIVE_INFINITY;
    if (wantedAt >= this.#alarmAt) return;
    this.#alarmAt = wantedAt;
    this.#setAlarm(wantedAt);
    // Billed as a row written.
    this.#state.meter.of(hubKey)[counted.rowsWritten]++;
  }
}

/** What parts put off must not keep the event from being ended. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    const stack = String((error as Error | undefined)?.stack ?? error);
    console.error(JSON.stringify({ event: "hub.later.failed", error: stack }));
  }
}
