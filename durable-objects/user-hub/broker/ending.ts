// How connections end: by what became of their credential, and what is done for each before its socket is closed.
import type { CredentialState } from "../../../src/domain/credentials.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { closeCode, closeReason } from "../../../src/protocols/mqtt/refusal.ts";
import type { Connection } from "../connection.ts";
import { deleteConnectionRows } from "../tables/connection-rows.ts";
import { isListed } from "./connect.ts";
import { announcePresence } from "./presence.ts";
import { endSession, leaveSession } from "./session-life.ts";
import type { BrokerState, Ending } from "./state.ts";
import { forgetForbidden } from "./subscribe.ts";
import { wireOf } from "./wire.ts";

/** A newer state of a credential: connections it no longer admits end, subscriptions it no longer grants go. */
export function enforceCredential(state: BrokerState, { subject: id, gen }: CredentialState): void {
  for (const connection of state.connections.values()) {
    const admission = connection.state.client?.admission ?? connection.state.upgradeAdmission;
    if (admission?.holder.id !== id) continue;
    if (!isListed(state, admission)) {
      const reason = "This credential was revoked or replaced.";
      state.end(connection, { reasonCode: reasonCode.notAuthorized, reason, tellPeer: true, dropWill: false });
    } else {
      connection.subject = state.subject(admission.holder.kind, id);
    }
  }
  for (const session of state.sessions.values()) {
    if (session.holder.id !== id) continue;
    if (gen === null && !session.connection) endSession(state, session);
    else if (gen === null) session.state.expirySeconds = 0;
    else forgetForbidden(state, session, state.subject(session.holder.kind, id));
  }
}

/** Ends a connection for good. Settling may end further ones, when a will reaches somebody who cannot take it. */
export function settle(state: BrokerState, connection: Connection, ending: Ending): void {
  state.endings.delete(connection);
  state.connections.delete(connection.socket);
  state.unconnected.delete(connection);
  const { client, id } = connection.state;
  if (client) {
    for (const part of state.parts) part.disconnected?.(connection, ending);
    leaveSession(state, connection, ending.dropWill);
  }
  state.meter.release(connection);
  if (client) {
    leaveDevice(state, connection);
    const farewell = ending.tellPeer ? wireOf(client).encodeFarewell(ending.reasonCode, ending.reason, client) : null;
    if (farewell !== null) connection.collect(farewell);
  }
  if (connection.state.hasRows) deleteConnectionRows(state.sql, id);
  state.unheardBytes -= connection.unheardBytes;
  connection.unheardBytes = 0;
  connection.dirty = true;
  connection.save();
  connection.flush();
  connection.close(closeCode(ending.reasonCode), closeReason(ending.reason));
}

function leaveDevice(state: BrokerState, connection: Connection): void {
  const holder = connection.state.client?.admission.holder;
  if (holder?.kind !== "device") return;
  const others = state.ofDevice.get(holder.id);
  others?.delete(connection);
  if (others && others.size > 0) return;
  state.ofDevice.delete(holder.id);
  state.lastSeen.write(holder.id, state.now);
  announcePresence(state, holder.id);
}
