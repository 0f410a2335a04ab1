// Sockets come in: opened, or read back after hibernation; those that never connect make room again.
import { newId } from "../../../src/domain/ids.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { Connection, type ConnectionState, type HubSocket } from "../connection.ts";
import { connectWithinMs, maxUnconnected } from "../limits.ts";
import { restorePartial } from "./partial-packet.ts";
import { attach } from "./session-life.ts";
import type { BrokerState } from "./state.ts";

/** The connection of a new socket; nobody has been let in by it yet. */
export function enter(
  state: BrokerState,
  socket: HubSocket,
  given: Pick<ConnectionState, "door" | "origin" | "requestId" | "upgradeAdmission">,
): Connection {
  const connection = new Connection(socket, {
    id: newId("con", state.now),
    requestId: given.requestId,
    door: given.door,
    origin: given.origin,
    openedAt: state.now,
    endsAt: null,
    upgradeAdmission: given.upgradeAdmission,
    client: null,
    session: null,
    partial: null,
    partialChunks: 0,
    batches: false,
    hasRows: false,
    lastSeenAt: state.now,
    running: null,
    usage: [0, 1, 0, 0, 0],
    carried: null,
  });
  state.connections.set(socket, connection);
  state.unconnected.add(connection);
  state.changed(connection);
  return connection;
}

/** Reads a connection back from its socket; null for one that we closed ourselves. */
export function restore(state: BrokerState, socket: HubSocket): Connection | null {
  const connection = Connection.restore(socket);
  if (!connection) return null;
  state.connections.set(socket, connection);
  if (connection.state.session) attach(state, connection, connection.state.session);
  if (!connection.state.client) state.unconnected.add(connection);
  if (connection.session) state.joinDevice(connection);
  restorePartial(state, connection);
  return connection;
}

/** Ends sockets that were opened and never connected; nothing else would. */
export function makeRoomForUnconnected(state: BrokerState): void {
  const { unconnected, now } = state;
  let tooMany = unconnected.size - maxUnconnected + 1;
  for (const connection of unconnected) {
    const isLate = now - connection.state.openedAt > connectWithinMs;
    if (!isLate && tooMany-- <= 0) return;
    const reason = "No CONNECT was sent in time.";
    state.end(connection, { reasonCode: reasonCode.notAuthorized, reason, tellPeer: false, dropWill: false });
  }
}
