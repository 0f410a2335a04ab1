// CONNECT: admits a client, finds its session, and answers with what this broker offers.
import { randomText } from "../../../src/domain/ids.ts";
import { verifyToken } from "../../../src/identity/tokens.ts";
import { type Connect, decodeConnect } from "../../../src/protocols/mqtt/connect.ts";
import type { PacketHeader } from "../../../src/protocols/mqtt/header.ts";
import { MqttError } from "../../../src/protocols/mqtt/mqtt-error.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { badCredentials } from "../../../src/protocols/mqtt/refusal.ts";
import { type ConnackProperties, encodeConnack } from "../../../src/protocols/mqtt/server-packets.ts";
import { type Admission, type Connection, newClient } from "../connection.ts";
import {
  appConnectionMs,
  maxClientIdBytes,
  maxInboundAliases,
  maxShareConnections,
  receiveMaximum,
} from "../limits.ts";
import { watchSilence } from "./keep-alive.ts";
import { resend } from "./outbound.ts";
import { announcePresence, comesOnline } from "./presence.ts";
import { sessionKey } from "./session.ts";
import { openSession } from "./session-life.ts";
import type { BrokerState } from "./state.ts";
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
    if (!(error instanceof MqttError)) throw error;
    throw new MqttError(error.reasonCode, error.message, packet.version, packet.maximumPacketBytes);
  }
}

function accept(state: BrokerState, connection: Connection, packet: Connect): void {
  const admission = judge(state, connection, packet);
  const clientId = packet.clientId || `homeport-${randomText(16)}`;
  const keepAliveSeconds = keepAliveOf(state, packet);
  if (!hasRoomForShare(state, admission)) {
    const reason = `A share has at most ${maxShareConnections} connections at a time.`;
    throw new MqttError(reasonCode.quotaExceeded, reason);
  }
  // Whom a dashboard is shared with leaves nothing behind that its owner would have to pay for.
  const longestSeconds = isShare(admission.holder.id) ? 0 : state.settings.maxSessionExpirySeconds;
  const expirySeconds = Math.min(packet.sessionExpirySeconds, longestSeconds);
  checkRoom(state, sessionKey(admission.holder, clientId), expirySeconds);
  if (packet.will) checkWill(state.subject(admission.holder.kind, admission.holder.id), packet.will);

  const properties = offers(state, packet, { clientId, keepAliveSeconds, expirySeconds });
  checkAnswer(packet, encodeConnack(packet.version, { sessionPresent: false, reasonCode: 0, properties }));

  connection.state.client = newClient({
    protocol: "mqtt",
    version: packet.version,
    admission,
    keepAliveSeconds,
    receiveMaximum: packet.receiveMaximum,
    maximumPacketBytes: packet.maximumPacketBytes,
    topicAliasMaximum: packet.topicAliasMaximum,
    problemInformation: packet.requestProblemInformation,
    hasWill: packet.will !== null,
    connectedAt: state.now,
  });
  const cameOnline = comesOnline(state, connection);
  const { holder } = admission;
  const { cleanStart } = packet;
  const { session, isPresent } = openSession(state, connection, { holder, clientId, cleanStart, expirySeconds });
  if (packet.will) keepWill(state, connection.state.id, session, packet.will);
  state.joinDevice(connection);
  state.changed(connection);
  watchSilence(state, connection);
  state.send(connection, encodeConnack(packet.version, { sessionPresent: isPresent, reasonCode: 0, properties }));
  if (isPresent) resend(state, session, connection);
  for (const part of state.parts) part.connected?.(connection);
  if (cameOnline !== null) announcePresence(state, cameOnline);
}

/** Throws when the client takes no packet as large as its CONNACK [MQTT-3.1.2-24]. */
function checkAnswer({ maximumPacketBytes }: Connect, connack: Uint8Array): void {
  if (maximumPacketBytes === null || connack.length <= maximumPacketBytes) return;
  throw new MqttError(reasonCode.packetTooLarge, "The client's maximum packet size is too small for CONNACK.");
}

/** Who connects. Throws for whom CONNACK turns away. */
function judge(state: BrokerState, connection: Connection, packet: Connect): Admission {
  if (packet.authenticationMethod !== null) {
    throw new MqttError(reasonCode.badAuthenticationMethod, "There is no enhanced authentication here.");
  }
  const admission = admit(state, connection, packet);
  if (packet.clientId.length > maxClientIdBytes) {
    throw new MqttError(reasonCode.clientIdentifierNotValid, `A client id has at most ${maxClientIdBytes} characters.`);
  }
  return admission;
}

/** Throws when the hub has as many connections or sessions as it may. */
function checkRoom(state: BrokerState, key: string, expirySeconds: number): void {
  const { maxConnections, maxSessions } = state.settings;
  const earlier = state.sessions.get(key);
  if (!earlier?.connection && state.connections.size > maxConnections) {
    throw new MqttError(reasonCode.quotaExceeded, "This hub has as many connections as it may.");
  }
  if (!earlier && expirySeconds > 0 && state.sessions.size >= maxSessions) {
    throw new MqttError(reasonCode.quotaExceeded, "This hub keeps as many sessions as it may.");
  }
}

/** Whether a share may have one more connection: a link may be in many hands. Others are not counted. */
export function hasRoomForShare(state: BrokerState, { holder }: Admission): boolean {
  if (!isShare(holder.id)) return true;
  let count = 0;
  for (const { state: own } of state.connections.values()) if (own.client?.admission.holder.id === holder.id) count++;
  return count < maxShareConnections;
}

function isShare(holderId: string): boolean {
  return holderId.startsWith("shr_");
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
    if (verified.kind === "share") {
      return { holder: { kind: "app", id: verified.shareId }, expiresAt: verified.expiresAt };
    }
    return { holder: { kind: "app", id: verified.userId }, expiresAt: state.now + appConnectionMs };
  } catch {
    return null;
  }
}

/** Whether the hub's list has the device's generation, the app token or the share; the JWT of an app needs no entry. */
export function isListed(state: BrokerState, { holder, expiresAt }: Admission): boolean {
  if (expiresAt !== null && expiresAt <= state.now) return false;
  if (holder.kind === "app" && holder.id.startsWith("usr_")) return true;
  const gen = state.credentials.read(holder.id)?.gen ?? null;
  return holder.kind === "device" ? gen === holder.gen : gen !== null;
}

/**
 * The keep alive in force. Edges drop connections that are idle for longer than this deployment's maximum; a client of MQTT 5
 * is told to keep to it [MQTT-3.1.2-21], one of 3.1.1 cannot be told.
 */
function keepAliveOf({ settings }: BrokerState, { version, keepAliveSeconds: asked }: Connect): number {
  const { maxKeepAliveSeconds } = settings;
  if (version === 4) return asked;
  return asked === 0 || asked > maxKeepAliveSeconds ? maxKeepAliveSeconds : asked;
}

/** What differs from what MQTT 5 assumes of a server, and from what the client asked for. */
function offers(
  state: BrokerState,
  packet: Connect,
  given: { clientId: string; keepAliveSeconds: number; expirySeconds: number },
): ConnackProperties {
  const { clientId, keepAliveSeconds, expirySeconds } = given;
  return {
    receiveMaximum,
    maximumPacketBytes: state.settings.maxPacketBytes,
    topicAliasMaximum: maxInboundAliases,
    ...(packet.sessionExpirySeconds !== expirySeconds && { sessionExpirySeconds: expirySeconds }),
    ...(packet.clientId === "" && { assignedClientId: clientId }),
    ...(packet.keepAliveSeconds !== keepAliveSeconds && { serverKeepAliveSeconds: keepAliveSeconds }),
    ...(packet.requestResponseInformation && {
      responseInformation: `shared/responses/${encodeURIComponent(clientId)}`,
    }),
  };
}
