// PUBACK, PUBREC, PUBREL and PUBCOMP: the later steps of QoS 1 and 2, in both directions.
import type { Ack } from "../../../src/protocols/mqtt/client-packets.ts";
import { packetType } from "../../../src/protocols/mqtt/header.ts";
import { protocolError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeAck } from "../../../src/protocols/mqtt/server-packets.ts";
import type { ClientState, Connection } from "../connection.ts";
import { awaits, findInFlight, packInFlight, unpackInFlight } from "./in-flight.ts";
import { sendWaiting } from "./outbound.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";

/** PUBACK ends a message of QoS 1. An unknown packet id is ignored: it may be a repetition. */
export function handlePuback(state: BrokerState, connection: Connection, session: Session, { packetId }: Ack): void {
  const at = findInFlight(session.state.inFlight, packetId);
  if (at < 0) return;
  if (awaitedAt(session, at) !== awaits.puback) throw protocolError("PUBACK was sent for a message of QoS 2.");
  complete(state, connection, session, at);
}

/** PUBREC: the receiver has the message, or refuses it. */
export function handlePubrec(state: BrokerState, connection: Connection, session: Session, ack: Ack): void {
  const { packetId } = ack;
  const { version } = connection.state.client as ClientState;
  const at = findInFlight(session.state.inFlight, packetId);
  if (at < 0) {
    if (ack.reasonCode >= reasonCode.unspecifiedError) return;
    const code = reasonCode.packetIdentifierNotFound;
    return state.send(connection, encodeAck(packetType.pubrel, version, packetId, code));
  }
  const { seq, awaited, hasRow } = unpackInFlight(session.state.inFlight[at] as number);
  if (awaited === awaits.puback) throw protocolError("PUBREC was sent for a message of QoS 1.");
  if (ack.reasonCode >= reasonCode.unspecifiedError) return complete(state, connection, session, at);
  if (awaited === awaits.pubrec) {
    if (hasRow) state.queued.release(session.key, seq);
    session.state.inFlight[at] = packInFlight({ seq, hasRow, awaited: awaits.pubcomp });
    state.changed(connection);
  }
  state.send(connection, encodeAck(packetType.pubrel, version, packetId));
}

/** PUBCOMP ends a message of QoS 2. */
export function handlePubcomp(state: BrokerState, connection: Connection, session: Session, { packetId }: Ack): void {
  const at = findInFlight(session.state.inFlight, packetId);
  if (at < 0) return;
  if (awaitedAt(session, at) !== awaits.pubcomp) throw protocolError("PUBCOMP was sent before PUBREL.");
  complete(state, connection, session, at);
}

/** PUBREL: the sender will not repeat its message any more [MQTT-4.3.3-11]. A repetition is answered alike. */
export function handlePubrel(state: BrokerState, connection: Connection, session: Session, { packetId }: Ack): void {
  const { received } = session.state;
  const at = received.indexOf(packetId);
  if (at >= 0) {
    received.splice(at, 1);
    state.sessionChanged(session);
  }
  const { version } = connection.state.client as ClientState;
  state.send(connection, encodeAck(packetType.pubcomp, version, packetId));
}

function awaitedAt({ state: { inFlight } }: Session, at: number): number {
  return unpackInFlight(inFlight[at] as number).awaited;
}

/** Forgets a message and sends what waited for its place. */
function complete(state: BrokerState, connection: Connection, session: Session, at: number): void {
  const { inFlight } = session.state;
  const { seq, hasRow } = unpackInFlight(inFlight[at] as number);
  inFlight.splice(at, 1);
  if (hasRow) state.queued.delete(session.key, seq);
  state.changed(connection);
  sendWaiting(state, session, connection);
}
