// Reads a block of MQTT 5 properties: checks all of it at once against the table, remembers where values lie, and makes
// them only when asked. Knows no packet's meaning.
import { ByteReader } from "./byte-reader.ts";
import { malformed, MqttError, protocolError } from "./mqtt-error.ts";
import { propertyId, propertyRule } from "./property-table.ts";
import type { PropertyRule } from "./property-table.ts";

const noBytes = new Uint8Array(0);

/** A checked block. The getters answer null for a property that is not there. */
export class Properties {
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  /** Where each property's value begins, user properties apart; its number is the byte before. */
  private readonly offsets: ReadonlyMap<number, number>;

  constructor(bytes: Uint8Array, start: number, end: number, offsets: ReadonlyMap<number, number>) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.offsets = offsets;
  }

  has(id: number): boolean {
    return this.offsets.has(id);
  }

  number(id: number): number | null {
    const reader = this.readerAt(id);
    return reader === null ? null : readNumber(reader, propertyRule(id)!);
  }

  text(id: number): string | null {
    return this.readerAt(id)?.text() ?? null;
  }

  /** In the order sent [MQTT-3.1.3-10]. */
  userProperties(): [string, string][] {
    const pairs: [string, string][] = [];
    const reader = new ByteReader(this.bytes, this.start, this.end);
    while (reader.remaining > 0) {
      const id = reader.byte();
      if (id === propertyId.userProperty) pairs.push([reader.text(), reader.text()]);
      else skipValue(reader, propertyRule(id)!);
    }
    return pairs;
  }

  /** The block as sent, without its length and without the numbers named; a view unless one is cut from the middle. */
  without(ids: readonly number[]): Uint8Array {
    let { start, end } = this;
    if (start === end) return noBytes;
    const cuts: { start: number; end: number }[] = [];
    for (const id of ids) {
      const reader = this.readerAt(id);
      if (reader === null) continue;
      const cutStart = reader.position - 1;
      skipValue(reader, propertyRule(id)!);
      cuts.push({ start: cutStart, end: reader.position });
    }
    cuts.sort((a, b) => a.start - b.start);
    while (cuts[0]?.start === start) start = cuts.shift()!.end;
    while (cuts.at(-1)?.end === end) end = cuts.pop()!.start;
    if (cuts.length === 0) return this.bytes.subarray(start, end);

    const kept = new Uint8Array(cuts.reduce((length, cut) => length - (cut.end - cut.start), end - start));
    let written = 0;
    for (const cut of [...cuts, { start: end, end }]) {
      kept.set(this.bytes.subarray(start, cut.start), written);
      written += cut.start - start;
      start = cut.end;
    }
    return kept;
  }

  private readerAt(id: number): ByteReader | null {
    if (this.start === this.end) return null;
    const offset = this.offsets.get(id);
    return offset === undefined ? null : new ByteReader(this.bytes, offset, this.end);
  }
}

/** No properties: what every packet of MQTT 3.1.1 has. */
export const noProperties = new Properties(noBytes, 0, 0, new Map());

/**
 * Reads a property block with its length. `carrier` is the packet's type, or `willProperties`.
 *
 * Throws 0x81 for a property that is unknown or not of this packet (§2.2.2.2) and for a value that is not of its type; 0x82 for one
 * that occurs twice, a flag above 1 and a forbidden 0; 0x94 for topic alias 0 [MQTT-3.3.2-8].
 */
export function readProperties(reader: ByteReader, carrier: number): Properties {
  const length = reader.varint();
  if (length === 0) return noProperties;
  const block = reader.section(length);
  const start = block.position;
  const offsets = new Map<number, number>();
  while (block.remaining > 0) {
    const id = block.byte();
    const rule = propertyRule(id);
    if (rule === undefined || (rule.carriers & (1 << carrier)) === 0) {
      throw malformed(`Property ${id} is not one of this packet.`);
    }
    if (id !== propertyId.userProperty) {
      if (offsets.has(id)) throw protocolError(`Property ${id} occurs more than once.`);
      offsets.set(id, block.position);
    }
    skipValue(block, rule);
  }
  return new Properties(reader.bytes, start, block.end, offsets);
}

/** Passes over a value with every check that its rule asks for. */
function skipValue(reader: ByteReader, rule: PropertyRule): void {
  switch (rule.type) {
    case "text":
      return reader.skipText();
    case "pair":
      reader.skipText();
      return reader.skipText();
    case "binary":
      reader.binary();
      return;
    default:
      readNumber(reader, rule);
  }
}

function readNumber(reader: ByteReader, rule: PropertyRule): number {
  const value = readInteger(reader, rule);
  if (rule.type === "flag" && value > 1) throw protocolError("A property that is 0 or 1 has another value.");
  if (value === 0 && rule.zero !== undefined) throw new MqttError(rule.zero, "A property that may not be 0 is 0.");
  return value;
}

function readInteger(reader: ByteReader, rule: PropertyRule): number {
  switch (rule.type) {
    case "flag":
      return reader.byte();
    case "uint16":
      return reader.uint16();
    case "uint32":
      return reader.uint32();
    default:
      return reader.varint();
  }
}
