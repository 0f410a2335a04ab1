// The packed form of a device's series: a row of the hub, an object of the archive. Bytes that say all streams of a device in an
// hour, a day, a month or a year; a stream is read without reading the others.
import type { Series, Slot } from "./series.ts";
import { PackedReader, PackedWriter } from "./packed-numbers.ts";

/**
 * What was packed: series by name, and for an archive which rows it has in it: of each day (since the epoch) the rows up to
 * this generation.
 */
export interface PackedSeries {
  streams: Map<string, Series>;
  merged: Map<number, number>;
}

const version = 1;

export function emptyPacked(): PackedSeries {
  return { streams: new Map(), merged: new Map() };
}

/**
 * A version; how many days are merged, each by its number and generation; how many streams, each by its name and the
 * length of its part; then the parts.
 */
export function packSeries({ streams, merged }: PackedSeries): Uint8Array {
  const head = new PackedWriter();
  const parts = new PackedWriter();
  head.whole(version);
  head.whole(merged.size);
  for (const [day, generation] of merged) {
    head.whole(day);
    head.whole(generation);
  }
  head.whole(streams.size);
  for (const [name, series] of streams) {
    const begins = parts.length;
    writeSeries(parts, series);
    head.text(name);
    head.whole(parts.length - begins);
  }
  head.bytes(parts.finish());
  return head.finish();
}

/** Reads all streams, or that of one name alone. Throws for bytes that are no packed series. */
export function unpackSeries(bytes: Uint8Array, only: string | null = null): PackedSeries {
  const reader = new PackedReader(bytes);
  const { merged, parts } = readHead(reader);
  const streams = new Map<string, Series>();
  for (const [name, length] of parts) {
    if (only === null || only === name) streams.set(name, readSeries(reader));
    else reader.skip(length);
  }
  return { streams, merged };
}

/** What stands before the series: which rows are in them, and how long the part of each stream is. */
function readHead(reader: PackedReader) {
  if (reader.whole() !== version) throw new Error("This packed series was made by newer code.");
  const merged = new Map<number, number>();
  for (let days = reader.whole(); days > 0; days--) merged.set(reader.whole(), reader.whole());
  const parts: [name: string, length: number][] = [];
  for (let count = reader.whole(); count > 0; count--) parts.push([reader.text(), reader.whole()]);
  return { merged, parts };
}

/** The streams that were packed. */
export function streamNames(bytes: Uint8Array): string[] {
  return readHead(new PackedReader(bytes)).parts.map(([name]) => name);
}

/** How many slots; each by its distance from the one before, its count, and its numbers: one number of it came, or several. */
function writeSeries(writer: PackedWriter, series: Series): void {
  writer.whole(series.length);
  let previous = 0;
  for (const { index, count, sum, min, max } of series) {
    writer.whole(index - previous);
    previous = index;
    writer.whole(count);
    writer.number(sum);
    if (count === 1) continue;
    writer.number(min);
    writer.number(max);
  }
}

function readSeries(reader: PackedReader): Series {
  const series: Slot[] = [];
  let index = 0;
  for (let length = reader.whole(); length > 0; length--) {
    index += reader.whole();
    const count = reader.whole();
    const sum = reader.number();
    const min = count === 1 ? sum : reader.number();
    series.push({ index, count, sum, min, max: count === 1 ? sum : reader.number() });
  }
  return series;
}
