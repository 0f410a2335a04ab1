// What exports need of a database. Whoever works on one holds its lease: a step that another took over cannot be saved.
import type { ExportState, ExportStatus } from "../domain/exports.ts";
import type { Page, PageQuery } from "./store.ts";

export interface Export {
  id: string;
  userId: string;
  status: ExportStatus;
  state: ExportState;
  bytes: number;
  partsDone: number;
  partsKnown: number;
  attempts: number;
  error: string | null;
  /** While it is being made: when it counts as forgotten. Afterwards: when it is removed. */
  dueAt: number;
  createdAt: number;
  finishedAt: number | null;
}

/** An export as its owner sees it in a list: without what its making needs. */
export type ExportSummary = Omit<Export, "state" | "attempts">;

export interface ExportRef {
  userId: string;
  exportId: string;
}

/** Who works on an export. */
export interface ExportLease {
  exportId: string;
  lease: string;
}

export type ExportProgress = Pick<Export, "state" | "bytes" | "partsDone" | "partsKnown">;

/** The person whose export it is. */
export interface ExportOwner {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  createdAt: number;
  /** Where they sign in: `credential` is a password. */
  providers: string[];
}

export interface ExportStore {
  ownerOf(userId: string): Promise<ExportOwner | null>;
  /** Throws `conflict` when another of the user is being made. */
  create(wanted: { id: string; userId: string; now: number; dueAt: number }): Promise<void>;
  count(userId: string): Promise<number>;
  find(ref: ExportRef): Promise<ExportSummary | null>;
  /** The one that is being made. */
  findActive(userId: string): Promise<ExportSummary | null>;
  list(query: PageQuery): Promise<Page<ExportSummary>>;
  /** Takes the lease until `dueAt` and counts an attempt. Null: somebody has it, or there is nothing to do. */
  claim(lease: ExportLease & { now: number; dueAt: number }): Promise<Export | null>;
  /** Ends a step, and with it the lease. False: the lease was lost. */
  save(lease: ExportLease, progress: ExportProgress, dueAt: number): Promise<boolean>;
  /** Ends the lease without progress. */
  release(lease: ExportLease): Promise<void>;
  /** Ends the making. False: the lease was lost. */
  finish(
    lease: ExportLease,
    ending: ExportProgress & Pick<Export, "status" | "error" | "dueAt"> & { finishedAt: number },
  ): Promise<boolean>;
  /** What is forgotten, and what is to be removed. */
  due(now: number, limit: number): Promise<(ExportRef & { isActive: boolean })[]>;
  postpone(exportId: string, dueAt: number): Promise<void>;
  delete(ref: ExportRef): Promise<boolean>;
}
