// Reads the CONNECT packet of a client that came without naming its hub: its password will. Bounded in size.
import { decodeConnect } from "../../protocols/mqtt/connect.ts";
import { packetType, readHeader } from "../../protocols/mqtt/header.ts";
import { MqttError } from "../../protocols/mqtt/mqtt-error.ts";
import type { ProtocolVersion } from "../../protocols/mqtt/publish.ts";
import { reasonCode } from "../../protocols/mqtt/reason-codes.ts";

/** A CONNECT with a will of some size; the hub has its own, larger limit. */
export const maxConnectBytes = 65_536;

export interface FirstPacket {
  version: ProtocolVersion;
  /** Empty when there is none. */
  password: string;
}

/** What is wanted of the CONNECT in `bytes`, or null while it is incomplete. Throws MqttError. */
export function readFirstPacket(bytes: Uint8Array): FirstPacket | null {
  const header = readHeader(bytes, 0, maxConnectBytes);
  if (!header) return null;
  if (header.type !== packetType.connect) {
    throw new MqttError(reasonCode.protocolError, "The first packet must be CONNECT.");
  }
  const { version, password } = decodeConnect(bytes, header);
  return { version, password: new TextDecoder().decode(password ?? undefined) };
}
