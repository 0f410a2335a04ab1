// Numbers in few bytes: whole ones by seven bits a byte, decimals as a whole number and its decimal places, any other number as
// the double it is. What was written is read back exactly.

const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** Says that eight bytes of a double follow; smaller bytes are the decimal places, of a negative number with `negative`. */
const double = 0x7f;
const negative = 0x40;
const maxPlaces = 6;
const powersOfTen = Array.from({ length: maxPlaces + 1 }, (_, exponent) => 10 ** exponent);
/** Whole numbers above it take as many bytes as the double. */
const largestWhole = 2 ** 48;

export class PackedWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** A whole number from 0 to 2^53 - 1. */
  whole(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.length++] = rest;
  }

  /** Any finite number; -0 as 0. */
  number(value: number): void {
    const size = Math.abs(value);
    const places = placesOf(size);
    this.#reserve(9);
    if (places < 0) {
      this.#bytes[this.length++] = double;
      this.#view.setFloat64(this.length, value);
      this.length += 8;
      return;
    }
    this.#bytes[this.length++] = value < 0 ? places + negative : places;
    this.whole(Math.round(size * (powersOfTen[places] as number)));
  }

  text(text: string): void {
    const bytes = encoder.encode(text);
    this.whole(bytes.length);
    this.bytes(bytes);
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

/** The fewest decimal places with which a number is read back as it was; -1: too many, or too large. */
function placesOf(size: number): number {
  for (let places = 0; places <= maxPlaces; places++) {
    const power = powersOfTen[places] as number;
    const whole = Math.round(size * power);
    if (whole >= largestWhole) return -1;
    if (whole / power === size) return places;
  }
  return -1;
}

export class PackedReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Error("A packed series is cut off.");
    return byte;
  }

  whole(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  number(): number {
    const tag = this.#byte();
    if (tag === double) {
      const value = this.#view.getFloat64(this.#at);
      this.#at += 8;
      return value;
    }
    const size = this.whole() / (powersOfTen[tag & ~negative] as number);
    return tag >= negative ? -size : size;
  }

  text(): string {
    const length = this.whole();
    const text = decoder.decode(this.#bytes.subarray(this.#at, this.#at + length));
    this.skip(length);
    return text;
  }

  skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Error("A packed series is cut off.");
  }
}
