// The fixed header: finds where a packet begins and ends in a stream of bytes, and refuses what can be refused before the
// body is there. Knows nothing of what a body holds.
import { malformed, MqttError, protocolError } from "./mqtt-error.ts";
import type { ProtocolVersion } from "./mqtt-error.ts";
import { reasonCode } from "./reason-codes.ts";

/** The packet types of MQTT 5.0 §2.1.2; 3.1.1 has all but `auth`. */
export const packetType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const;

/** The remaining length is at most four bytes of seven bits each. */
const maxLengthBytes = 4;

/** Where a whole packet lies. Offsets count from the first of the bytes given to `readHeader`; `end` is exclusive. */
export interface PacketHeader {
  type: number;
  flags: number;
  bodyStart: number;
  end: number;
}

/** The flags a type must carry; PUBLISH alone uses them to say something. */
export function requiredFlags(type: number): number {
  return type === packetType.pubrel || type === packetType.subscribe || type === packetType.unsubscribe ? 0b0010 : 0;
}

/**
 * The header of the packet at `offset`, or null while the packet is incomplete.
 *
 * Throws as soon as the bytes that show it are there, the body need not be: 0x95 if the whole packet, header included,
 * would exceed `maxPacketBytes`; 0x82 for type 0, which is forbidden (§2.1.2); 0x81 for reserved flags with another value than prescribed
 * [MQTT-2.1.3-1] (3.1.1: [MQTT-2.2.2-1] [MQTT-2.2.2-2]), and for a length of more than four bytes. With `version`, once
 * it is known, also for AUTH in 3.1.1 and for a length in more bytes than needed in 5, which 3.1.1 permits [MQTT-1.5.5-1].
 */
export function readHeader(
  bytes: Uint8Array,
  offset: number,
  maxPacketBytes: number,
  version: ProtocolVersion | null = null,
): PacketHeader | null {
  if (offset >= bytes.length) return null;
  const first = bytes[offset]!;
  const type = first >> 4;
  const flags = first & 0x0f;
  if (type === 0) throw protocolError("Packet type 0 is forbidden.");
  if (type === packetType.auth && version === 4) throw malformed("MQTT 3.1.1 has no packet type 15.");
  if (type !== packetType.publish && flags !== requiredFlags(type)) {
    throw malformed("Reserved flags of the fixed header are wrong for the packet type.");
  }
  let length = 0;
  for (let i = 0; i < maxLengthBytes; i++) {
    const position = offset + 1 + i;
    if (position >= bytes.length) return null;
    const byte = bytes[position]!;
    length |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      if (byte === 0 && i > 0 && version === 5) throw malformed("The remaining length uses more bytes than it needs.");
      const bodyStart = position + 1;
      const end = bodyStart + length;
      if (end - offset > maxPacketBytes) {
        throw new MqttError(reasonCode.packetTooLarge, `A packet may have at most ${maxPacketBytes} bytes.`);
      }
      return end <= bytes.length ? { type, flags, bodyStart, end } : null;
    }
  }
  throw malformed("The remaining length has more than four bytes.");
}
