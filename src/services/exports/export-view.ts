// An export as its owner sees it.
import type { ExportStatus } from "../../domain/exports.ts";
import type { ExportSummary } from "../../store/export-store.ts";

export interface ExportView {
  id: string;
  status: ExportStatus;
  /** Parts of it: kinds of things, and devices. How many there are is known once all devices have been listed. */
  partsDone: number;
  partsKnown: number;
  bytes: number;
  /** Of one that failed. */
  error: string | null;
  createdAt: number;
  finishedAt: number | null;
  /** When it is removed; null: it is being made. */
  expiresAt: number | null;
}

export function viewOf({ userId: _user, dueAt, ...view }: ExportSummary): ExportView {
  return { ...view, expiresAt: view.finishedAt === null ? null : dueAt };
}
