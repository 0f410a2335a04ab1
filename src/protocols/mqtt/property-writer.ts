// Collects the MQTT 5 properties of a packet that a server sends, so that their size is known before the packet is
// allocated. Leaves out what is undefined.
import { encodeText, varintBytes } from "./byte-writer.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { propertyRule } from "./property-table.ts";

type Entry = { id: number; type: "flag" | "uint16" | "uint32"; value: number } | { id: number; text: Uint8Array };

/** Properties in the order they were added. */
export class PropertyWriter {
  private readonly entries: Entry[] = [];
  /** The block's size without its length. */
  private contentBytes = 0;

  /** The block's size with its length. */
  get totalBytes(): number {
    return varintBytes(this.contentBytes) + this.contentBytes;
  }

  get isEmpty(): boolean {
    return this.contentBytes === 0;
  }

  number(id: number, value: number | undefined): this {
    if (value === undefined) return this;
    const type = propertyRule(id)?.type;
    if (type !== "flag" && type !== "uint16" && type !== "uint32") throw new RangeError(`Property ${id} is no number.`);
    this.entries.push({ id, type, value });
    this.contentBytes += type === "flag" ? 2 : type === "uint16" ? 3 : 5;
    return this;
  }

  flag(id: number, value: boolean | undefined): this {
    return this.number(id, value === undefined ? undefined : Number(value));
  }

  text(id: number, value: string | undefined): this {
    if (value === undefined) return this;
    const text = encodeText(value);
    this.entries.push({ id, text });
    this.contentBytes += 3 + text.length;
    return this;
  }

  /** Writes the block with its length. */
  writeTo(writer: ByteWriter): void {
    writer.varint(this.contentBytes);
    for (const entry of this.entries) {
      writer.byte(entry.id);
      if ("text" in entry) writer.binary(entry.text);
      else if (entry.type === "flag") writer.byte(entry.value);
      else if (entry.type === "uint16") writer.uint16(entry.value);
      else writer.uint32(entry.value);
    }
  }
}
