// Writes MQTT's data types into one buffer whose size is known beforehand. A value that does not fit its field is a bug of
// the caller and throws RangeError.

const maxVarint = 268_435_455;
const maxFieldBytes = 65_535;
const encoder = new TextEncoder();

/** How many bytes the Variable Byte Integer of a value takes. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value <= maxVarint) return 4;
  throw new RangeError("A variable byte integer holds at most 268435455.");
}

/** The UTF-8 bytes of a string. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A packet in the making. `bytes` is complete once exactly `bodyBytes` have been written after construction. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  private position = 1;

  /** Allocates the packet and writes its fixed header. */
  constructor(type: number, flags: number, bodyBytes: number) {
    this.bytes = new Uint8Array(1 + varintBytes(bodyBytes) + bodyBytes);
    this.bytes[0] = (type << 4) | flags;
    this.varint(bodyBytes);
  }

  byte(value: number): void {
    this.bytes[this.position++] = value;
  }

  uint16(value: number): void {
    this.bytes[this.position++] = value >> 8;
    this.bytes[this.position++] = value;
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value & 0xffff);
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.position++] = rest;
  }

  /** Bytes as they are; RangeError if they exceed the packet. */
  raw(value: Uint8Array): void {
    this.bytes.set(value, this.position);
    this.position += value.length;
  }

  /** Bytes behind their 16-bit length; RangeError if there are more than 65,535. */
  binary(value: Uint8Array): void {
    if (value.length > maxFieldBytes) throw new RangeError("A field holds at most 65535 bytes.");
    this.uint16(value.length);
    this.raw(value);
  }
}
