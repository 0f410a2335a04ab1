// The live connections for their owner: who is connected how, and ending one that should go. Sockets whose client was not accepted
// are nobody's yet and not among them.
import type { ConnectionPage, ConnectionQuery, ConnectionView } from "../../../src/domain/connections.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { ClientState, ConnectionState } from "../connection.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";

/** A connection whose client was accepted. */
interface Accepted {
  own: ConnectionState;
  client: ClientState;
  session: Session;
}

/** Connections by age, the oldest first: their ids sort by time. */
export function connectionsPage(
  state: BrokerState,
  { after, limit, deviceId, appsOnly }: ConnectionQuery,
): ConnectionPage {
  const candidates = deviceId === null ? state.connections.values() : (state.ofDevice.get(deviceId) ?? []);
  const live: Accepted[] = [];
  for (const connection of candidates) {
    const { session, state: own } = connection;
    if (!own.client || !session || connection.ended || (after !== null && own.id <= after)) continue;
    if (appsOnly && own.client.admission.holder.kind === "device") continue;
    live.push({ own, client: own.client, session });
  }
  live.sort((a, b) => (a.own.id < b.own.id ? -1 : 1));
  const items = live.slice(0, limit).map(viewOf);
  return { items, nextCursor: live.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function viewOf({ own, client, session }: Accepted): ConnectionView {
  const { holder } = client.admission;
  const { clientId, expirySeconds, inFlight, waiting, waitingBytes, dropped: droppedFromQueue } = session.state;
  return {
    id: own.id,
    deviceId: holder.kind === "device" ? holder.id : null,
    appTokenId: holder.id.startsWith("tok_") ? holder.id : null,
    shareId: holder.id.startsWith("shr_") ? holder.id : null,
    clientId,
    protocol: client.protocol,
    protocolVersion: client.protocol === "json" ? null : client.version === 4 ? "3.1.1" : "5",
    door: own.door,
    ...own.origin,
    connectedAt: client.connectedAt,
    lastSeenAt: Math.max(own.lastSeenAt, client.connectedAt),
    keepAliveSeconds: client.keepAliveSeconds,
    sessionExpirySeconds: expirySeconds,
    subscriptions: session.subscriptions.size,
    inFlight: inFlight.length,
    queued: waiting,
    queuedBytes: waitingBytes,
    dropped: client.dropped,
    droppedFromQueue,
    refused: client.refused,
  };
}

/** Ends a connection on its owner's behalf; the client may come back. False: there is no such connection. */
export function endConnection(state: BrokerState, id: string): boolean {
  for (const connection of state.connections.values()) {
    if (connection.state.id !== id) continue;
    if (!connection.state.client || connection.ended) return false;
    const reason = "The owner has ended this connection.";
    state.end(connection, { reasonCode: reasonCode.administrativeAction, reason, tellPeer: true, dropWill: false });
    return true;
  }
  return false;
}
