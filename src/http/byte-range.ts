// The header `Range` (RFC 9110 §14), of one range of bytes. What it does not understand it passes over, as the standard wants.
import type { ByteRange } from "../domain/exports.ts";

/** Null: the whole is to be sent. */
export function readRange(header: string | undefined): ByteRange | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (!match) return null;
  const [, first = "", last = ""] = match;
  if (first === "") return last === "" ? null : { suffix: Number(last) };
  const offset = Number(first);
  if (last === "") return { offset };
  return Number(last) < offset ? null : { offset, length: Number(last) - offset + 1 };
}
