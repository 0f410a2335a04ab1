// A stream as its owner sees it.
import type { StreamValue } from "./values.ts";

export interface Stream {
  name: string;
  /** Of its last value; null: that was taken back, or is too long to keep. */
  kind: "number" | "boolean" | "text" | null;
  value: StreamValue | null;
  /** Epoch ms of the last value. */
  at: number;
  unit: string | null;
  label: string | null;
  /** Whether every datapoint is kept, besides the minutes. */
  raw: boolean;
}

/** What its owner says about a stream; a field that is not given stays. */
export interface StreamChange {
  unit?: string | null;
  label?: string | null;
  raw?: boolean;
}

export function kindOf(value: StreamValue | null): Stream["kind"] {
  if (value === null) return null;
  return typeof value === "string" ? "text" : (typeof value as "number" | "boolean");
}
