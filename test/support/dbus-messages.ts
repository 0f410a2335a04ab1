// As much of D-Bus's wire format as a notification takes: little endian, no file descriptors, arguments that are texts, numbers or
// lists of texts. The D-Bus specification has the rest.

export interface Call {
  serial: number;
  destination: string;
  member: string;
  /** The first of its arguments, up to one that is neither text nor number. */
  args: (string | number)[];
}

const fieldCodes = {
  path: 1,
  interface: 2,
  member: 3,
  error: 4,
  replySerial: 5,
  destination: 6,
  sender: 7,
  signature: 8,
};
const fieldTypes: Record<string, string> = { path: "o", replySerial: "u", signature: "g" };
const messageTypes = { call: 1, reply: 2, error: 3, signal: 4 };
const littleEndian = 0x6c;

export type Fields = Partial<Record<keyof typeof fieldCodes, string | number>>;

function aligned(length: number, boundary: number): number {
  return Math.ceil(length / boundary) * boundary;
}

class Writer {
  #bytes: number[] = [];

  get bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  align(boundary: number): void {
    while (this.#bytes.length % boundary > 0) this.#bytes.push(0);
  }

  byte(...values: number[]): void {
    this.#bytes.push(...values);
  }

  number(value: number): void {
    this.align(4);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.byte(...bytes);
  }

  text(value: string): void {
    const bytes = Buffer.from(value);
    this.number(bytes.length);
    this.byte(...bytes, 0);
  }

  signature(value: string): void {
    this.byte(value.length, ...Buffer.from(value), 0);
  }

  /** `as`, whose elements are aligned as they come: a list begins on a multiple of 4. */
  texts(values: string[]): void {
    const inner = new Writer();
    for (const value of values) inner.text(value);
    this.number(inner.bytes.length);
    this.byte(...inner.bytes);
  }
}

export type Argument = string | number | string[];

export function encodeMessage(
  type: keyof typeof messageTypes,
  serial: number,
  fields: Fields,
  args: Argument[],
): Buffer {
  const body = new Writer();
  for (const arg of args) {
    if (typeof arg === "string") body.text(arg);
    else if (typeof arg === "number") body.number(arg);
    else body.texts(arg);
  }
  const inner = new Writer();
  for (const [name, value] of Object.entries(fields)) {
    const fieldType = fieldTypes[name] ?? "s";
    inner.align(8);
    inner.byte(fieldCodes[name as keyof Fields]);
    inner.signature(fieldType);
    if (typeof value === "number") inner.number(value);
    else if (fieldType === "g") inner.signature(value);
    else inner.text(value);
  }
  const message = new Writer();
  message.byte(littleEndian, messageTypes[type], 1, 1);
  message.number(body.bytes.length);
  message.number(serial);
  message.number(inner.bytes.length);
  message.byte(...inner.bytes);
  message.align(8);
  return Buffer.concat([message.bytes, body.bytes]);
}

/** How many bytes the first message of a stream has; 0: that is not known yet. */
export function messageLength(bytes: Buffer): number {
  if (bytes.length < 16) return 0;
  return aligned(16 + bytes.readUInt32LE(12), 8) + bytes.readUInt32LE(4);
}

/** Null: it is no call. */
export function decodeCall(message: Buffer): Call | null {
  if (message[1] !== messageTypes.call) return null;
  const fieldsEnd = 16 + message.readUInt32LE(12);
  const texts = new Map<number, string>();
  for (let at = 16; at < fieldsEnd;) {
    at = aligned(at, 8);
    const code = message.readUInt8(at);
    const isSignature = message.toString("latin1", at + 2, at + 3) === "g";
    const lengthAt = isSignature ? at + 4 : aligned(at + 4, 4);
    const isNumber = message.toString("latin1", at + 2, at + 3) === "u";
    const length = isNumber ? 0 : isSignature ? message.readUInt8(lengthAt) : message.readUInt32LE(lengthAt);
    const from = lengthAt + (isSignature ? 1 : 4);
    texts.set(code, message.toString("utf8", from, from + length));
    at = isNumber ? from : from + length + 1;
  }
  const body = message.subarray(aligned(fieldsEnd, 8));
  return {
    serial: message.readUInt32LE(8),
    destination: texts.get(fieldCodes.destination) ?? "",
    member: texts.get(fieldCodes.member) ?? "",
    args: decodeArguments(texts.get(fieldCodes.signature) ?? "", body),
  };
}

function decodeArguments(signature: string, body: Buffer): Call["args"] {
  const args: Call["args"] = [];
  let at = 0;
  for (const type of /^[su]*/.exec(signature)?.[0] ?? "") {
    at = aligned(at, 4);
    const number = body.readUInt32LE(at);
    at += 4;
    args.push(type === "u" ? number : body.toString("utf8", at, at + number));
    if (type === "s") at += number + 1;
  }
  return args;
}
