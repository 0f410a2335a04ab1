// What a client receives, read back from bytes. Strict: whatever a client would have to refuse is an error of the hub.
import { type HubPacket, type QoS, type Version, property } from "./packets.ts";

const ackTypes: Record<number, "puback" | "pubrec" | "pubrel" | "pubcomp"> = {
  0x40: "puback",
  0x50: "pubrec",
  0x62: "pubrel",
  0x70: "pubcomp",
};

/** Bytes of a property's value; 0: text, -1: variable byte integer, -2: pair, which properties do we not name here. */
const sizes: Record<number, number> = {
  0x01: 1, 0x02: 4, 0x03: 0, 0x08: 0, 0x09: 0, 0x0b: -1, 0x11: 4, 0x12: 0, 0x13: 2, 0x15: 0, 0x16: 0, 0x1a: 0,
  0x1c: 0, 0x1f: 0, 0x21: 2, 0x22: 2, 0x23: 2, 0x24: 1, 0x25: 1, 0x26: -2, 0x27: 4, 0x28: 1, 0x29: 1, 0x2a: 1,
}; // prettier-ignore

class Reader {
  readonly bytes: Uint8Array;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  uint(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + this.#byte();
    return value;
  }

  #byte(): number {
    if (this.at >= this.end) throw new Error("a packet from the hub ends too early");
    return this.bytes[this.at++] as number;
  }

  varint(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.#byte();
      value += (byte & 127) * 128 ** i;
      if (byte < 128) return value;
    }
    throw new Error("a variable byte integer from the hub is too long");
  }

  text(length = this.uint(2)): string {
    if (this.at + length > this.end) throw new Error("a text from the hub ends too early");
    const start = this.at;
    let value = "";
    for (let i = 0; i < length; i++) {
      const byte = this.bytes[this.at++] as number;
      if (byte > 127) return this.#utf8(start, start + length);
      value += String.fromCharCode(byte);
    }
    return value;
  }

  #utf8(from: number, to: number): string {
    this.at = to;
    return Buffer.from(this.bytes.subarray(from, to)).toString();
  }

  /** Numbers by property; subscription identifiers go to `ids`. */
  properties(version: Version, ids: number[] = []): Map<number, number> {
    const found = new Map<number, number>();
    if (version === 4) return found;
    const length = this.varint();
    const end = this.at + length;
    while (this.at < end) {
      const id = this.#byte();
      const size = sizes[id];
      if (size === undefined) throw new Error(`the hub sent the unknown property ${id}`);
      if (size > 0) found.set(id, this.uint(size));
      else if (id === property.subscriptionId) ids.push(this.varint());
      else for (let i = 0; i < (size === -2 ? 2 : 1); i++) this.text();
    }
    return found;
  }
}

/** All packets of a frame: the hub sends whole ones. */
export function decode(frame: Uint8Array, version: Version): HubPacket[] {
  const packets: HubPacket[] = [];
  let at = 0;
  while (at < frame.length) {
    const header = new Reader(frame, at, frame.length);
    const first = header.uint(1);
    const length = header.varint();
    const end = header.at + length;
    if (end > frame.length) throw new Error("a frame from the hub ends within a packet");
    packets.push({ ...body(first, new Reader(frame, header.at, end), version), bytes: end - at } as HubPacket);
    at = end;
  }
  return packets;
}

function body(first: number, reader: Reader, version: Version): object {
  const rest = () => Array.from({ length: reader.end - reader.at }, () => reader.uint(1));
  if (first >> 4 === 3) return publish(first, reader, version);
  const ack = ackTypes[first];
  if (ack) {
    const id = reader.uint(2);
    return { type: ack, id, code: reader.at < reader.end ? reader.uint(1) : 0 };
  }
  switch (first) {
    case 0x20: {
      const sessionPresent = reader.uint(1) === 1;
      const code = reader.uint(1);
      return { type: "connack", sessionPresent, code, properties: reader.properties(version) };
    }
    case 0x90:
    case 0xb0: {
      const id = reader.uint(2);
      reader.properties(version);
      return { type: first === 0x90 ? "suback" : "unsuback", id, codes: rest() };
    }
    case 0xd0:
      return { type: "pingresp" };
    case 0xe0:
      if (version === 4) throw new Error("the hub sent DISCONNECT to a 3.1.1 client");
      return { type: "disconnect", code: reader.at < reader.end ? reader.uint(1) : 0 };
    default:
      throw new Error(`the hub sent a packet that begins with ${first}`);
  }
}

function publish(first: number, reader: Reader, version: Version): object {
  const qos = ((first >> 1) & 3) as QoS;
  const topic = reader.text();
  const id = qos > 0 ? reader.uint(2) : 0;
  const subscriptionIds: number[] = [];
  const found = reader.properties(version, subscriptionIds);
  if (qos > 0 && id === 0) throw new Error("the hub sent packet id 0");
  if (qos === 0 && (first & 8) !== 0) throw new Error("the hub sent DUP at QoS 0");
  return {
    type: "publish",
    topic,
    payload: reader.text(reader.end - reader.at),
    qos,
    retain: (first & 1) === 1,
    dup: (first & 8) !== 0,
    id,
    expirySeconds: found.get(property.messageExpiry) ?? null,
    alias: found.get(property.topicAlias) ?? null,
    subscriptionIds: subscriptionIds.toSorted((a, b) => a - b),
  };
}
