// What a database back end provides so that the queries of this folder run on it unchanged. Queries are written in the part of
// drizzle's language that means the same on SQLite and MySQL, and typed as for SQLite.
import type { BatchItem } from "drizzle-orm/batch";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { HomeportError } from "../errors.ts";
import type * as people from "./d1/auth-schema.ts";
import type { appliedMigrations } from "./d1/backend.ts";
import type * as dashboards from "./d1/dashboard-schema.ts";
import type * as exportTables from "./d1/export-schema.ts";
import type * as registry from "./d1/schema.ts";

/** Not here, because only one back end has it: `batch`, `run`, `all`, relational queries. Nor may queries use RETURNING or ON CONFLICT. */
export type Database = Pick<DrizzleD1Database, "select" | "insert" | "update" | "delete">;

export type Tables = typeof people &
  typeof registry &
  typeof dashboards &
  typeof exportTables & { appliedMigrations: typeof appliedMigrations };

type Statement = BatchItem<"sqlite"> & PromiseLike<unknown>;
export type Statements = [Statement, ...Statement[]];

/** What a statement of a batch comes to: rows, or for a write the number of rows it changed. */
type Outcome<S extends Statement> = S["_"]["result"] extends D1Result ? number : S["_"]["result"];
export type Outcomes<T extends Statements> = { [K in keyof T]: Outcome<T[K]> };

export interface Backend {
  /** As better-auth's adapter calls it. */
  provider: "sqlite" | "mysql";
  db: Database;
  tables: Tables;
  /**
   * Runs the statements in order, all or none. `build` makes them with the database it is given, and may be called again
   * after a failure that undid everything.
   */
  batch<T extends Statements>(build: (db: Database) => readonly [...T]): Promise<Outcomes<T>>;
  /** Runs one write: how many rows it changed. */
  changed(write: PromiseLike<D1Result>): Promise<number>;
  /** The newest migration this code knows, as the back end's runner records it. */
  newestMigration: string;
  lacksTable(error: unknown): boolean;
  /**
   * What to throw instead of a database error: `conflict` for a value that must be unique and is not, `unavailable` for an
   * outage, otherwise an error that names no parameter, for parameters hold secrets and errors are logged.
   */
  translated(error: unknown): Error;
}

/** The innermost error: drizzle wraps the database's in one that spells out the parameters. */
export function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root;
}

export function conflict(): HomeportError {
  return new HomeportError("conflict", "That exists already.");
}

export function unavailable(cause: string): HomeportError {
  return new HomeportError("unavailable", "The database does not answer. Try again in a moment.", {
    retryAfterSeconds: 5,
    cause: new Error(cause),
  });
}

/** The same object, its functions failing with translated errors. */
export function guarded<T extends object>({ translated }: Pick<Backend, "translated">, functions: T): T {
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
