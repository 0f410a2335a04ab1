// CONNECT: admits a client, takes over its earlier connection, and answers with what this broker offers.
import { randomText } from "../../../src/domain/ids.ts";
import { verifyToken } from "../../../src/identity/tokens.ts";
import { type Connect, decodeConnect } from "../../../src/protocols/mqtt/connect.ts";
import type { PacketHeader } from "../../../src/protocols/mqtt/header.ts";
import { MqttError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { badCredentials } from "../../../src/protocols/mqtt/refusal.ts";
import { type ConnackProperties, encodeConnack } from "../../../src/protocols/mqtt/server-packets.ts";
import { type Admission, type Connection, newSession } from "../connection.ts";
import { appConnectionMs, maxClientIdBytes } from "../limits.ts";
import { announcePresence, comesOnline } from "./presence.ts";
import { maximumQoS } from "./publish.ts";
import { type BrokerState, sessionKey } from "./state.ts";
import { checkWill, keepWill } from "./wills.ts";

/** Handles the first packet of a connection. Throws MqttError, with the client's version, for what CONNACK refuses. */
export function handleConnect(
  state: BrokerState,
  connection: Connection,
  bytes: Uint8Array,
  header: PacketHeader,
): void {
  const packet = decodeConnect(bytes, header);
  try {
    accept(state, connection, packet);
  } catch (error) {
    if (error instanceof MqttError) throw new MqttError(error.reasonCode, error.message, packet.version);
    throw error;
  }
}

function accept(state: BrokerState, connection: Connection, packet: Connect): void {
  if (packet.authenticationMethod !== null) {
    throw new MqttError(reasonCode.badAuthenticationMethod, "There is no enhanced authentication here.");
  }
  const admission = admit(state, connection, packet);
  if (packet.clientId.length > maxClientIdBytes) {
    throw new MqttError(reasonCode.clientIdentifierNotValid, `A client id has at most ${maxClientIdBytes} characters.`);
  }
  const clientId = packet.clientId || `homeport-${randomText(16)}`;
  connection.state.session = newSession({
    protocol: "mqtt",
    version: packet.version,
    clientId,
    admission,
    keepAliveSeconds: packet.keepAliveSeconds,
    receiveMaximum: packet.receiveMaximum,
    maximumPacketBytes: packet.maximumPacketBytes,
    problemInformation: packet.requestProblemInformation,
    hasWill: packet.will !== null,
    connectedAt: state.now,
  });
  try {
    if (packet.will) checkWill(state.subjectOf(connection), packet.will);
  } catch (error) {
    connection.state.session = null;
    throw error;
  }
  enter(state, connection, packet);
  const properties = offers(state, packet, clientId);
  state.send(connection, encodeConnack(packet.version, { sessionPresent: false, reasonCode: 0, properties }));
}

/** Makes the connection one of the hub's, in place of an earlier one of the same client [MQTT-3.1.4-3]. */
function enter(state: BrokerState, connection: Connection, packet: Connect): void {
  const earlier = state.sessions.get(sessionKey(connection));
  const cameOnline = comesOnline(state, connection);
  if (earlier) {
    const reason = "The same client id connected again.";
    state.end(earlier, { reasonCode: reasonCode.sessionTakenOver, reason, tellPeer: true, dropWill: false });
  }
  if (packet.will) keepWill(state, connection.state.id, packet.will);
  state.register(connection);
  state.changed(connection);
  if (cameOnline !== null) announcePresence(state, cameOnline);
}

/**
 * Who connects: by CONNECT's password, or else by what the upgrade showed. The relayed door shows something only when it
 * has verified a password that a hub cannot read. The same answer for whatever is wrong.
 */
function admit(state: BrokerState, connection: Connection, packet: Connect): Admission {
  const { upgradeAdmission, door } = connection.state;
  const isUpgradeEnough = packet.password === null || (door === "relayed" && upgradeAdmission !== null);
  const admission = isUpgradeEnough
    ? upgradeAdmission
    : readToken(state, new TextDecoder().decode(packet.password ?? undefined));
  if (admission && isListed(state, admission)) return admission;
  throw badCredentials();
}

/** Whom a token of this hub names; null: unknown, forged, expired, another hub's. Whether it is listed is not looked at. */
export function readToken(state: BrokerState, token: string): Admission | null {
  try {
    const verified = verifyToken(state.settings.keys, token, state.now);
    if (verified.hubId !== state.settings.hubId) return null;
    if (verified.kind === "device") {
      return { holder: { kind: "device", id: verified.deviceId, gen: verified.gen }, expiresAt: null };
    }
    if (verified.kind === "appToken") {
      return { holder: { kind: "app", id: verified.tokenId }, expiresAt: verified.expiresAt };
    }
    return { holder: { kind: "app", id: verified.userId }, expiresAt: state.now + appConnectionMs };
  } catch {
    return null;
  }
}

/** Whether the hub's list has the device's generation or the app token; the JWT of an app needs no entry. */
export function isListed(state: BrokerState, { holder, expiresAt }: Admission): boolean {
  if (expiresAt !== null && expiresAt <= state.now) return false;
  if (holder.kind === "app" && holder.id.startsWith("usr_")) return true;
  const gen = state.credentials.read(holder.id)?.gen ?? null;
  return holder.kind === "device" ? gen === holder.gen : gen !== null;
}

/** What differs from what MQTT 5 assumes of a server. */
function offers(state: BrokerState, packet: Connect, clientId: string): ConnackProperties {
  return {
    maximumQoS,
    maximumPacketBytes: state.settings.maxPacketBytes,
    subscriptionIdentifiersAvailable: false,
    sharedSubscriptionAvailable: false,
    ...(packet.sessionExpirySeconds > 0 && { sessionExpirySeconds: 0 }),
    ...(packet.clientId === "" && { assignedClientId: clientId }),
  };
}
