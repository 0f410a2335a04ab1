// What a client sends, as bytes.
import { type AckPacket, type ClientPacket, type ConnectPacket, type Version, property } from "./packets.ts";

const ackTypes = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;

export function encode(packet: ClientPacket, version: Version): Uint8Array {
  switch (packet.type) {
    case "connect":
      return connect(packet);
    case "publish": {
      const { qos, dup, retain, id, expirySeconds, alias } = packet;
      const flags = (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
      const own = [...number(property.messageExpiry, expirySeconds, 4), ...number(property.topicAlias, alias, 2)];
      const head = [...text(packet.topic), ...(qos > 0 ? uint(id, 2) : []), ...block(own, version)];
      return whole(0x30 | flags, [...head, ...ascii(packet.payload)]);
    }
    case "subscribe": {
      const { subscriptionId } = packet;
      const own = subscriptionId === null ? [] : [property.subscriptionId, ...varint(subscriptionId)];
      const filters = packet.subscriptions.flatMap(({ filter, qos, noLocal, retainAsPublished, retainHandling }) => [
        ...text(filter),
        version === 4 ? qos : qos | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | (retainHandling << 4),
      ]);
      return whole(0x82, [...uint(packet.id, 2), ...block(own, version), ...filters]);
    }
    case "unsubscribe":
      return whole(0xa2, [...uint(packet.id, 2), ...block([], version), ...text(packet.filter)]);
    case "pingreq":
      return whole(0xc0, []);
    case "disconnect": {
      if (version === 4) return whole(0xe0, []);
      const own = number(property.sessionExpiry, packet.sessionExpirySeconds, 4);
      return whole(0xe0, packet.code === 0 && own.length === 0 ? [] : [packet.code, ...block(own, 5)]);
    }
    default:
      return ack(packet, version);
  }
}

function ack({ type, id, code }: AckPacket, version: Version): Uint8Array {
  return whole(ackTypes[type], version === 5 && code > 0 ? [...uint(id, 2), code] : uint(id, 2));
}

function connect(packet: ConnectPacket): Uint8Array {
  const { version, will, cleanStart, sessionExpirySeconds } = packet;
  const willFlags = will ? 4 | (will.qos << 3) | (will.retain ? 32 : 0) : 0;
  const own = [
    ...number(property.sessionExpiry, sessionExpirySeconds || null, 4),
    ...number(property.receiveMaximum, packet.receiveMaximum, 2),
    ...number(property.maximumPacketSize, packet.maximumPacketBytes, 4),
    ...number(property.topicAliasMaximum, packet.topicAliasMaximum || null, 2),
  ];
  const willOwn = [
    ...number(property.willDelay, will?.delaySeconds || null, 4),
    ...number(property.messageExpiry, will?.expirySeconds ?? null, 4),
  ];
  return whole(0x10, [
    ...text("MQTT"),
    version,
    0xc0 | willFlags | (cleanStart ? 2 : 0),
    ...uint(packet.keepAliveSeconds, 2),
    ...block(own, version),
    ...text(packet.clientId),
    ...(will ? [...block(willOwn, version), ...text(will.topic), ...text(will.payload)] : []),
    ...text("any"),
    ...text(packet.password),
  ]);
}

function whole(first: number, body: number[]): Uint8Array {
  return Uint8Array.from([first, ...varint(body.length), ...body]);
}

function block(own: number[], version: Version): number[] {
  return version === 5 ? [...varint(own.length), ...own] : [];
}

function number(id: number, value: number | null, bytes: number): number[] {
  return value === null ? [] : [id, ...uint(value, bytes)];
}

function uint(value: number, bytes: number): number[] {
  const all: number[] = [];
  for (let i = bytes - 1; i >= 0; i--) all.push(Math.floor(value / 256 ** i) % 256);
  return all;
}

function varint(value: number): number[] {
  const bytes = [];
  let rest = value;
  do {
    const more = Math.floor(rest / 128);
    bytes.push((rest % 128) + (more > 0 ? 128 : 0));
    rest = more;
  } while (rest > 0);
  return bytes;
}

function ascii(value: string): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < value.length; i++) bytes.push(value.charCodeAt(i));
  return bytes;
}

function text(value: string): number[] {
  // oxlint-disable-next-line no-control-regex
  const bytes = /^[\x00-\x7f]*$/.test(value) ? ascii(value) : [...Buffer.from(value)];
  return [...uint(bytes.length, 2), ...bytes];
}
