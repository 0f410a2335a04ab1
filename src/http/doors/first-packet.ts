// Reads the CONNECT packet of a client that came without naming its hub, and finds the hub its password names. Bounded in
// size; wakes nobody.
import type { KeyRing } from "../../identity/keys.ts";
import { verifyToken } from "../../identity/tokens.ts";
import { decodeConnect } from "../../protocols/mqtt/connect.ts";
import { packetType, readHeader } from "../../protocols/mqtt/header.ts";
import { MqttError } from "../../protocols/mqtt/mqtt-error.ts";
import { reasonCode } from "../../protocols/mqtt/reason-codes.ts";
import { badCredentials } from "../../protocols/mqtt/refusal.ts";

/** A CONNECT with a will of some size; the hub has its own, larger limit. */
export const maxConnectBytes = 65_536;

/** The hub that the CONNECT in `bytes` is for, or null while it is incomplete. Throws MqttError. */
export function hubOfConnect(bytes: Uint8Array, keys: KeyRing, now: number): string | null {
  const header = readHeader(bytes, 0, maxConnectBytes);
  if (!header) return null;
  if (header.type !== packetType.connect) {
    throw new MqttError(reasonCode.protocolError, "The first packet must be CONNECT.");
  }
  const connect = decodeConnect(bytes, header);
  try {
    return verifyToken(keys, new TextDecoder().decode(connect.password ?? undefined), now).hubId;
  } catch {
    throw badCredentials(connect.version);
  }
}
