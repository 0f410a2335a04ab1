// Reads MQTT's data types from a stretch of bytes and never beyond it. Every failure is an MqttError 0x81; what a value
// means is up to the caller.
import { malformed } from "./mqtt-error.ts";

/** `ignoreBOM` keeps a leading U+FEFF as text [MQTT-1.5.4-3]; `fatal` refuses surrogates and the rest [MQTT-1.5.4-1]. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Up to this length a plain loop beats the call into TextDecoder (measured in workerd). */
const shortTextBytes = 24;

/** A cursor over `bytes` from `position` up to, excluding, `end`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  byte(): number {
    return this.bytes[this.advance(1)]!;
  }

  uint16(): number {
    const at = this.advance(2);
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  uint32(): number {
    const high = this.uint16();
    return high * 0x10000 + this.uint16();
  }

  /** A Variable Byte Integer in the fewest bytes possible [MQTT-1.5.5-1]. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (byte === 0 && shift > 0) throw malformed("A variable byte integer uses more bytes than it needs.");
      return value;
    }
    throw malformed("A variable byte integer has more than four bytes.");
  }

  /** The next `length` bytes as a view. */
  take(length: number): Uint8Array {
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Binary data behind its 16-bit length, as a view. */
  binary(): Uint8Array {
    return this.take(this.uint16());
  }

  /** A UTF-8 string behind its 16-bit length: well-formed and without U+0000 [MQTT-1.5.4-1] [MQTT-1.5.4-2]. */
  text(): string {
    const length = this.uint16();
    const start = this.advance(length);
    return (length <= shortTextBytes ? this.shortAscii(start, this.position) : null) ?? this.utf8(start, this.position);
  }

  /** Passes over a UTF-8 string with the checks of `text`, without making a string of plain ASCII. */
  skipText(): void {
    const start = this.advance(this.uint16());
    for (let i = start; i < this.position; i++) {
      const byte = this.bytes[i]!;
      if (byte >= 0x80) {
        this.utf8(start, this.position);
        return;
      }
      if (byte === 0) throw malformed("A string contains U+0000.");
    }
  }

  /** A reader over the next `length` bytes, which this reader leaves behind. */
  section(length: number): ByteReader {
    const at = this.advance(length);
    return new ByteReader(this.bytes, at, at + length);
  }

  /** Nothing may follow what was read. */
  expectEnd(): void {
    if (this.position !== this.end) throw malformed("The packet is longer than its content.");
  }

  /** Moves on by `length` bytes and returns where they begin. */
  private advance(length: number): number {
    const at = this.position;
    if (length > this.end - at) throw malformed("The packet is shorter than its content.");
    this.position = at + length;
    return at;
  }

  private utf8(start: number, end: number): string {
    let text: string;
    try {
      text = decoder.decode(this.bytes.subarray(start, end));
    } catch {
      throw malformed("A string is not well-formed UTF-8.");
    }
    if (text.includes("\0")) throw malformed("A string contains U+0000.");
    return text;
  }

  /** Null if the bytes hold anything but U+0001 to U+007F. */
  private shortAscii(start: number, end: number): string | null {
    const bytes = this.bytes;
    let text = "";
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const a = bytes[i]!;
      const b = bytes[i + 1]!;
      const c = bytes[i + 2]!;
      const d = bytes[i + 3]!;
      if ((a | b | c | d) >= 0x80 || a === 0 || b === 0 || c === 0 || d === 0) return null;
      text += String.fromCharCode(a, b, c, d);
    }
    for (; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x80 || byte === 0) return null;
      text += String.fromCharCode(byte);
    }
    return text;
  }
}
