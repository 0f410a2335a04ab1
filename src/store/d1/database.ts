// The D1 connection as drizzle sees it, and what its errors mean. Every store function goes through `guarded`.
import { drizzle } from "drizzle-orm/d1";
import { HomeportError } from "../../errors.ts";

export type Database = ReturnType<typeof openDatabase>;

export function openDatabase(binding: D1Database) {
  return drizzle(binding);
}

/** What SQLite says of a statement it understood but refused, and of one that is wrong. Anything else is an outage. */
const statementFailure = /SQLITE_(?:CONSTRAINT|ERROR|MISMATCH|TOOBIG|RANGE)|constraint failed/;

/** The innermost message: drizzle wraps the database's error in one that spells out the parameters. */
function rootMessage(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root instanceof Error ? root.message : String(root);
}

/**
 * What to throw instead of a database error: `conflict` for a value that must be unique and is not, `unavailable` for an
 * outage, otherwise an error that names no parameter, for parameters hold secrets and errors are logged.
 */
function translated(error: unknown): Error {
  if (error instanceof HomeportError) return error;
  const message = rootMessage(error);
  if (message.includes("UNIQUE constraint failed")) return new HomeportError("conflict", "That exists already.");
  if (statementFailure.test(message)) return new Error(`The database refused a statement: ${message}`);
  return new HomeportError("unavailable", "The database does not answer. Try again in a moment.", {
    retryAfterSeconds: 5,
    cause: new Error(message),
  });
}

/** The same object, its functions failing with translated errors. */
export function guarded<T extends object>(functions: T): T {
  const guardedOnes = Object.entries(functions)
    .filter(([, run]) => typeof run === "function")
    .map(([name, run]) => [
      name,
      async (...input: unknown[]) => {
        try {
          return await run(...input);
        } catch (error) {
          throw translated(error);
        }
      },
    ]);
  return { ...functions, ...Object.fromEntries(guardedOnes) };
}
