// An export of everything a user has: how far its making has come, and the limits it keeps to.

export type ExportStatus = "pending" | "running" | "done" | "failed";

/** Where the making of an export goes on. */
export interface ExportState {
  /** Which source is read; as many as there are: all have been. */
  source: number;
  /** Where in it, as the source itself says; null: at its beginning. */
  position: unknown;
  /** Of R2; null: nothing was uploaded yet. */
  uploadId: string | null;
  /** What R2 answered for each part of the file that it has. */
  parts: { partNumber: number; etag: string }[];
  /** Key of what is made but too short for a part; null: there is none. */
  rest: string | null;
  /** Lines so far. */
  lines: number;
}

export const firstExportState: ExportState = {
  source: 0,
  position: null,
  uploadId: null,
  parts: [],
  rest: null,
  lines: 0,
};

/** R2 wants parts of one size, at least this one, but for the last. */
export const exportPartBytes = 5 * 1024 * 1024;
/** After that a file is removed. */
export const exportKeptMs = 7 * 86_400_000;
/** Exports of a user that are kept. */
export const maxExports = 10;
/** Attempts at one step before the export is given up. */
export const maxExportAttempts = 9;

/** What is asked of a file: from `offset` on, or its last `suffix` bytes. */
export type ByteRange = { offset: number; length?: number } | { suffix: number };
