// One broker per user: the entry points, each one event. Takes time, storage and sockets from outside and is synchronous,
// so that a whole hub can be simulated in one thread.
import { noGrants } from "../../../src/domain/access.ts";
import type { CredentialState } from "../../../src/domain/credentials.ts";
import { newId } from "../../../src/domain/ids.ts";
import type { Presence } from "../../../src/domain/presence.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { closeCode, closeReason } from "../../../src/protocols/mqtt/refusal.ts";
import { Connection, type Door, type HubSocket } from "../connection.ts";
import { connectWithinMs, maxUnconnected } from "../limits.ts";
import { connectionsWithRows, deleteConnectionRows } from "../tables/connection-rows.ts";
import { migrate } from "../tables/migrations.ts";
import type { Sql } from "../tables/sql.ts";
import { isListed, readToken } from "./connect.ts";
import type { Message } from "./message.ts";
import { restorePartial } from "./partial-packet.ts";
import { announcePresence, presenceOf } from "./presence.ts";
import { publish } from "./publish.ts";
import { receive } from "./receive.ts";
import { enterJson } from "./receive-json.ts";
import { type BrokerSettings, BrokerState, type Ending, sessionKey } from "./state.ts";
import { forgetForbidden } from "./subscribe.ts";
import { wireOf } from "./wire.ts";
import { settleOrphanedWills, settleWill } from "./wills.ts";

export class Broker {
  readonly #state: BrokerState;
  readonly #now: () => number;
  #mayHaveOrphans: boolean;

  /** `sockets`: those that live on from before the hub slept. */
  constructor(options: { sql: Sql; settings: BrokerSettings; now: () => number; sockets: HubSocket[] }) {
    migrate(options.sql);
    this.#state = new BrokerState(options.sql, options.settings);
    this.#now = options.now;
    for (const socket of options.sockets) this.#restore(socket);
    // Whatever kills connections without a close event kills all of them.
    this.#mayHaveOrphans = options.sockets.length === 0;
  }

  /**
   * Settles what connections left behind that died with the object, in a crash or a deploy. Not on wake: a socket that
   * its peer has just closed is not among the living, but its last packet and its close event are still to come.
   */
  #settleOrphans(): void {
    if (!this.#mayHaveOrphans) return;
    this.#mayHaveOrphans = false;
    const state = this.#state;
    const live = new Set([...state.connections.values()].map((connection) => connection.state.id));
    settleOrphanedWills(state, live);
    for (const id of connectionsWithRows(state.sql)) if (!live.has(id)) deleteConnectionRows(state.sql, id);
  }

  /** Reads a connection back from its socket; null for one that we closed ourselves. */
  #restore(socket: HubSocket): Connection | null {
    const state = this.#state;
    const connection = Connection.restore(socket);
    if (!connection) return null;
    state.connections.set(socket, connection);
    const { session } = connection.state;
    for (const [filter, options] of session?.subscriptions ?? []) connection.subscriptions.set(filter, options);
    if (session && session.tableSubscriptions > 0) {
      const further = state.subscriptions.read(connection.state.id);
      for (const [filter, options] of further) connection.subscriptions.set(filter, options);
    }
    restorePartial(state, connection);
    state.register(connection);
    return connection;
  }

  /** Whether this token lets somebody in, now. */
  admits(token: string | null): boolean {
    return this.#event(() => {
      const admission = token === null ? null : readToken(this.#state, token);
      return admission !== null && isListed(this.#state, admission);
    });
  }

  /**
   * A new socket. `token`: what its upgrade showed, if anything. It lets an MQTT client connect without a password; a
   * JSON client, whose token must have been asked about, is connected with it.
   */
  open(
    socket: HubSocket,
    opening: { door: Door; protocol: "mqtt" | "json"; token: string | null; requestId: string | null },
  ): void {
    this.#event(() => {
      const state = this.#state;
      const upgradeAdmission = opening.token === null ? null : readToken(state, opening.token);
      this.#settleOrphans();
      this.#makeRoomForUnconnected();
      const connection = new Connection(socket, {
        id: newId("con", state.now),
        requestId: opening.requestId,
        door: opening.door,
        openedAt: state.now,
        upgradeAdmission,
        session: null,
        partial: null,
        partialChunks: 0,
        batches: false,
        hasRows: false,
        lastSeenAt: state.now,
      });
      state.connections.set(socket, connection);
      state.changed(connection);
      if (opening.protocol === "json" && upgradeAdmission) enterJson(state, connection, upgradeAdmission);
    });
  }

  /** Ends sockets that were opened and never connected; nothing else would. */
  #makeRoomForUnconnected(): void {
    const waiting = [...this.#state.connections.values()].filter(({ state }) => state.session === null);
    const tooMany = waiting.length - maxUnconnected + 1;
    waiting.forEach((connection, index) => {
      const isLate = this.#state.now - connection.state.openedAt > connectWithinMs;
      if (!isLate && index >= tooMany) return;
      const reason = "No CONNECT was sent in time.";
      this.#state.end(connection, { reasonCode: reasonCode.notAuthorized, reason, tellPeer: false, dropWill: false });
    });
  }

  /** A frame of a client. A failure of our own ends its connection and leaves the others alone. */
  receive(socket: HubSocket, data: ArrayBuffer | string): void {
    const connection = this.#state.connections.get(socket) ?? this.#restore(socket);
    if (!connection) return;
    this.#state.now = this.#now();
    try {
      receive(this.#state, connection, data);
    } catch (error) {
      const { id: connectionId, requestId } = connection.state;
      const stack = String((error as Error)?.stack ?? error);
      console.error(JSON.stringify({ event: "hub.receive.failed", connectionId, requestId, error: stack }));
      const reason = "The hub could not handle this packet.";
      const code = reasonCode.implementationSpecificError;
      this.#state.end(connection, { reasonCode: code, reason, tellPeer: true, dropWill: false });
    } finally {
      this.#finish();
    }
  }

  /** The socket is gone: closed by the peer, or lost. If that woke the hub, the socket was not among the living ones. */
  closed(socket: HubSocket): void {
    const lost = { reasonCode: reasonCode.normalDisconnection, reason: "", tellPeer: false, dropWill: false };
    this.#event(() => {
      const connection = this.#state.connections.get(socket) ?? this.#restore(socket);
      if (connection) this.#state.end(connection, lost);
    });
  }

  /** Publishes for the API, which has checked topic and rights. Null: the hub holds as many retained messages as it may. */
  publish(message: Message): number | null {
    return this.#event(() => publish(this.#state, message, null, { canRefuse: true }));
  }

  presence(deviceId: string): Presence {
    return this.#event(() => presenceOf(this.#state, deviceId));
  }

  /** Takes over newer credentials; connections they no longer admit end, subscriptions they no longer grant go. */
  applyCredentials(states: readonly CredentialState[]): void {
    this.#event(() => {
      for (const credential of states) if (this.#state.credentials.apply(credential)) this.#enforce(credential);
    });
  }

  #enforce({ subject, grants }: CredentialState): void {
    const state = this.#state;
    for (const connection of state.connections.values()) {
      const admission = connection.state.session?.admission ?? connection.state.upgradeAdmission;
      if (admission?.holder.id !== subject) continue;
      if (!isListed(state, admission)) {
        const reason = "This credential was revoked or replaced.";
        state.end(connection, { reasonCode: reasonCode.notAuthorized, reason, tellPeer: true, dropWill: false });
      } else if (admission.holder.kind === "device") {
        connection.subject = { kind: "device", id: subject, grants: grants ?? noGrants };
        forgetForbidden(state, connection);
      }
    }
  }

  /** Runs one event: afterwards everything that has to survive is stored, and everything collected is sent. */
  #event<T>(act: () => T): T {
    this.#state.now = this.#now();
    try {
      return act();
    } finally {
      this.#finish();
    }
  }

  /** Ends an event. Settling a connection may touch others; storing and sending touches nobody. */
  #finish(): void {
    const { endings, touched } = this.#state;
    while (endings.size > 0) for (const [connection, ending] of endings) this.#settle(connection, ending);
    for (const connection of touched) {
      connection.touched = false;
      connection.save();
      connection.flush();
    }
    touched.length = 0;
  }

  /** Ends a connection for good. Settling may end further ones, when a will reaches somebody who cannot take it. */
  #settle(connection: Connection, ending: Ending): void {
    const state = this.#state;
    state.endings.delete(connection);
    state.connections.delete(connection.socket);
    const { session, id } = connection.state;
    if (session) {
      if (state.sessions.get(sessionKey(connection)) === connection) state.sessions.delete(sessionKey(connection));
      for (const topicFilter of connection.subscriptions.keys()) state.index.remove(connection, topicFilter);
      if (session.hasWill) settleWill(state, id, ending.dropWill);
      this.#leaveDevice(connection);
      const wire = ending.tellPeer ? wireOf(session) : null;
      const farewell = wire?.encodeFarewell(ending.reasonCode, ending.reason, session) ?? null;
      if (farewell !== null) connection.out.push(farewell);
    }
    if (connection.state.hasRows) deleteConnectionRows(state.sql, id);
    connection.dirty = true;
    connection.save();
    connection.flush();
    connection.close(closeCode(ending.reasonCode), closeReason(ending.reason));
  }

  #leaveDevice(connection: Connection): void {
    const holder = connection.state.session?.admission.holder;
    if (holder?.kind !== "device") return;
    const state = this.#state;
    const others = state.ofDevice.get(holder.id);
    others?.delete(connection);
    if (others && others.size > 0) return;
    state.ofDevice.delete(holder.id);
    state.lastSeen.write(holder.id, state.now);
    announcePresence(state, holder.id);
  }
}
