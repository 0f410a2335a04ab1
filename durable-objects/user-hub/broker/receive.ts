// Inbound frames: MQTT is cut into packets, each sent to its handler. What is wrong ends this connection and no other.
import {
  decodeAck,
  decodeAuth,
  decodeDisconnect,
  decodePingreq,
  decodeSubscribe,
  decodeUnsubscribe,
} from "../../../src/protocols/mqtt/client-packets.ts";
import { counted } from "../../../src/domain/prices/hub-usage.ts";
import { type PacketHeader, packetType, readHeader } from "../../../src/protocols/mqtt/header.ts";
import { MqttError, protocolError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeRefusal } from "../../../src/protocols/mqtt/refusal.ts";
import { pingresp } from "../../../src/protocols/mqtt/server-packets.ts";
import type { ClientState, Connection } from "../connection.ts";
import { handlePuback, handlePubcomp, handlePubrec, handlePubrel } from "./acknowledge.ts";
import { handleConnect } from "./connect.ts";
import { endIfExpired } from "./delivery.ts";
import { lastSeenPrecisionMs } from "./keep-alive.ts";
import { joinFrame, keepPartial } from "./partial-packet.ts";
import { handlePublish } from "./publish.ts";
import { receiveJson } from "./receive-json.ts";
import type { Session } from "./session.ts";
import type { BrokerState } from "./state.ts";
import { handleSubscribe, handleUnsubscribe } from "./subscribe.ts";

/** Handles one frame of a client. Throws only what is our own fault. */
export function receive(state: BrokerState, connection: Connection, data: ArrayBuffer | string): void {
  if (state.now - connection.state.lastSeenAt >= lastSeenPrecisionMs) {
    connection.state.lastSeenAt = state.now;
    state.changed(connection);
  }
  connection.state.usage[counted.messages]++;
  state.unheardBytes -= connection.unheardBytes;
  connection.unheardBytes = 0;
  const { client } = connection.state;
  // The session has gone on to another connection, and this one's end is on its way.
  if (client && !connection.session) return;
  if (endIfExpired(state, connection)) return;
  if (client?.protocol === "json") receiveJson(state, connection, data);
  else receiveMqtt(state, connection, data);
}

/** One binary frame: several packets, one, or a part of one [MQTT-6.0.0-2]. */
function receiveMqtt(state: BrokerState, connection: Connection, data: ArrayBuffer | string): void {
  try {
    if (typeof data === "string") throw protocolError("MQTT travels in binary frames; this was a text frame.");
    readPackets(state, connection, new Uint8Array(data));
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    refuse(state, connection, error);
  }
}

function readPackets(state: BrokerState, connection: Connection, frame: Uint8Array): void {
  const bytes = joinFrame(state, connection, frame);
  if (!bytes) return;
  let offset = 0;
  while (offset < bytes.length && !connection.ended) {
    const version = connection.state.client?.version ?? null;
    const header = readHeader(bytes, offset, state.settings.maxPacketBytes, version);
    if (!header) {
      keepPartial(state, connection, bytes.subarray(offset));
      return;
    }
    if (offset > 0 && !connection.state.batches) {
      connection.state.batches = true;
      state.changed(connection);
    }
    handlePacket(state, connection, bytes, offset, header);
    offset = header.end;
  }
}

function handlePacket(
  state: BrokerState,
  connection: Connection,
  bytes: Uint8Array,
  start: number,
  header: PacketHeader,
): void {
  const { session } = connection;
  if (!session) {
    if (header.type === packetType.connect) handleConnect(state, connection, bytes, header);
    else throw protocolError("The first packet must be CONNECT.");
    return;
  }
  const { version } = connection.state.client as ClientState;
  switch (header.type) {
    case packetType.publish:
      return handlePublish(state, connection, session, bytes, start, header);
    case packetType.puback:
      return handlePuback(state, connection, session, decodeAck(bytes, header, version));
    case packetType.pubrec:
      return handlePubrec(state, connection, session, decodeAck(bytes, header, version));
    case packetType.pubrel:
      return handlePubrel(state, connection, session, decodeAck(bytes, header, version));
    case packetType.pubcomp:
      return handlePubcomp(state, connection, session, decodeAck(bytes, header, version));
    case packetType.subscribe:
      return handleSubscribe(state, connection, session, decodeSubscribe(bytes, header, version));
    case packetType.unsubscribe:
      return handleUnsubscribe(state, connection, session, decodeUnsubscribe(bytes, header, version));
    case packetType.pingreq:
      decodePingreq(header);
      return state.send(connection, pingresp);
    case packetType.disconnect:
      return handleDisconnect(state, connection, session, bytes, header);
    case packetType.auth:
      decodeAuth(bytes, header);
      throw protocolError("No authentication method was agreed on.");
    case packetType.connect:
      throw protocolError("CONNECT was sent a second time.");
    default:
      throw protocolError(`A packet of type ${header.type} is sent by servers alone.`);
  }
}

/** The client's goodbye: its will is dropped, unless it asks for it (0x04) [MQTT-3.14.4-3]. */
function handleDisconnect(
  state: BrokerState,
  connection: Connection,
  session: Session,
  bytes: Uint8Array,
  header: PacketHeader,
): void {
  const { version } = connection.state.client as ClientState;
  const packet = decodeDisconnect(bytes, header, version);
  if (packet.sessionExpirySeconds !== null) {
    if (!session.isPersistent && packet.sessionExpirySeconds > 0) {
      throw protocolError("A session that ends with its connection cannot be kept any more.");
    }
    const { maxSessionExpirySeconds } = state.settings;
    session.state.expirySeconds = Math.min(packet.sessionExpirySeconds, maxSessionExpirySeconds);
  }
  state.end(connection, {
    reasonCode: reasonCode.normalDisconnection,
    reason: "",
    tellPeer: false,
    dropWill: packet.reasonCode === reasonCode.normalDisconnection,
  });
}

/** Answers what the specification has for it, then ends the connection. */
function refuse(state: BrokerState, connection: Connection, error: MqttError): void {
  const refusal = connection.state.client ? null : encodeRefusal(error);
  if (refusal) state.send(connection, refusal);
  state.end(connection, { reasonCode: error.reasonCode, reason: error.message, tellPeer: true, dropWill: false });
}
