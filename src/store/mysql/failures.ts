// What a failure of the MySQL driver means: whether another attempt may succeed, and whether the failed one left anything.
import { DatabaseError } from "@planetscale/database";

/** No answer: the database was not reached, or was and the answer was lost. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export interface Failure {
  /** MySQL's number; null: it was not MySQL that failed. */
  errno: number | null;
  /** May pass by itself. */
  isTransient: boolean;
  /** The statement certainly did nothing, so that even a write may be repeated. */
  isUndone: boolean;
}

/** Too many connections, lock wait timeout, deadlock, snapshot overtaken, no connection, read-only during a failover. */
const undone = new Set([1020, 1040, 1203, 1205, 1213, 1290, 1836, 2002, 2003]);
/** Shutdown, interrupted, connection killed or lost: the statement may or may not have been executed. */
const interrupted = new Set([1053, 1079, 1152, 1158, 1159, 1160, 1161, 1317, 1927, 2006, 2013]);
/** Of Vitess, which stands between the driver and MySQL. */
const transientCodes = new Set(["UNAVAILABLE", "ABORTED", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"]);

export const uniqueViolation = 1062;
export const noSuchTable = 1146;

/** Null for what is no failure of the database. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof NoAnswer) return { errno: null, isTransient: true, isUndone: false };
  if (!(error instanceof DatabaseError)) return null;
  return failureIn({ status: error.status, code: error.body.code, message: error.message });
}

export function failureIn({ status, code, message }: { status: number; code: string; message: string }): Failure {
  const digits = /\(errno (\d+)\)/.exec(message)?.[1];
  const errno = digits === undefined ? null : Number(digits);
  const isUndone = status === 429 || (errno !== null && undone.has(errno));
  const isTransient =
    isUndone || status >= 500 || transientCodes.has(code) || (errno !== null && interrupted.has(errno));
  return { errno, isTransient, isUndone };
}
