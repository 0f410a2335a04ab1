// The file of an export that is done, or a range of its bytes.
import type { ByteRange } from "../../domain/exports.ts";
import { HomeportError, notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";

export interface ExportFile {
  body: ReadableStream;
  /** Of the whole file. */
  size: number;
  /** What `body` is of it; null: all. */
  part: { offset: number; length: number } | null;
}

/** `range`: null for the whole file. Null: the range is beyond the file. */
export async function readExportFile({
  ctx,
  input: { exportId, range },
}: {
  ctx: ServiceContext;
  input: { exportId: string; range: ByteRange | null };
}): Promise<ExportFile | { size: number; body: null }> {
  const place = { userId: ctx.user.userId, exportId };
  const made = await ctx.store.exports.find(place);
  if (!made) throw notFound("export");
  if (made.status === "failed") throw new HomeportError("conflict", "This export failed; start another.");
  if (made.status !== "done") throw new HomeportError("conflict", "This export is not done; ask for its progress.");
  const size = made.bytes;
  const part = range && partOf(range, size);
  if (range && !part) return { size, body: null };
  const object = await ctx.exportFiles.open(place, part);
  if (!object) throw notFound("export");
  return { body: object.body, size, part };
}

/** Null: nothing of the file is in the range. */
function partOf(range: ByteRange, size: number): { offset: number; length: number } | null {
  if ("suffix" in range) {
    const length = Math.min(range.suffix, size);
    return length > 0 ? { offset: size - length, length } : null;
  }
  if (range.offset >= size) return null;
  return { offset: range.offset, length: Math.min(range.length ?? size, size - range.offset) };
}
