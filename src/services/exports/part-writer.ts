// Turns lines into the parts of a gzip file in R2. Several gzip members one after the other are one file, so that a step can end after
// any line; what is too short for a part is kept until the next step. Holds little more than one part in memory.
import { gzipSync } from "node:zlib";
import { type ExportState, exportPartBytes } from "../../domain/exports.ts";
import type { ExportFiles, ExportPlace } from "../../store/export-files.ts";

/** Characters that are compressed together. */
const memberLength = 512 * 1024;

export class PartWriter {
  readonly #files: ExportFiles;
  readonly #place: ExportPlace;
  readonly #parts: ExportState["parts"];
  #uploadId: string | null;
  #lines: string[] = [];
  #length = 0;
  /** Compressed, and in no part yet. */
  #chunks: Uint8Array[];
  #size: number;
  lineCount = 0;

  constructor(files: ExportFiles, place: ExportPlace, { uploadId, parts }: ExportState, rest: Uint8Array) {
    this.#files = files;
    this.#place = place;
    this.#uploadId = uploadId;
    this.#parts = [...parts];
    this.#chunks = [rest];
    this.#size = rest.length;
  }

  /** Bytes of the file so far, when a step has ended. */
  total = 0;

  async write(line: object): Promise<void> {
    const text = `${JSON.stringify(line)}\n`;
    this.lineCount++;
    this.#lines.push(text);
    this.#length += text.length;
    if (this.#length >= memberLength) await this.#compress();
  }

  /** Ends a step: what the next one has to know. `name`: of this attempt alone. */
  async pause(name: string): Promise<Pick<ExportState, "uploadId" | "parts" | "rest">> {
    await this.#compress();
    this.total = this.#parts.length * exportPartBytes + this.#size;
    const rest = this.#size > 0 ? await this.#files.keepRest(this.#place, name, this.#take(this.#size)) : null;
    return { uploadId: this.#uploadId, parts: this.#parts, rest };
  }

  /** Ends the file; returns its size. */
  async finish(): Promise<number> {
    await this.#compress();
    this.total = this.#parts.length * exportPartBytes + this.#size;
    const last = this.#take(this.#size);
    if (this.#uploadId === null) {
      await this.#files.put(this.#place, last);
      return this.total;
    }
    if (last.length > 0) await this.#upload(last);
    await this.#files.complete(this.#place, this.#uploadId, this.#parts);
    return this.total;
  }

  async #compress(): Promise<void> {
    if (this.#lines.length === 0) return;
    const member = gzipSync(this.#lines.join(""));
    this.#lines = [];
    this.#length = 0;
    this.#chunks.push(member);
    this.#size += member.length;
    while (this.#size >= exportPartBytes) await this.#upload(this.#take(exportPartBytes));
  }

  async #upload(bytes: Uint8Array): Promise<void> {
    this.#uploadId ??= await this.#files.begin(this.#place);
    const partNumber = this.#parts.length + 1;
    this.#parts.push(await this.#files.addPart(this.#place, this.#uploadId, partNumber, bytes));
  }

  /** The first bytes of what is compressed. */
  #take(length: number): Uint8Array {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(length)];
    this.#size = all.length - length;
    return all.subarray(0, length);
  }
}
