// The storage of a hub: real SQLite, in memory, behind the one call that the tables need.
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Sql, SqlValue } from "../../durable-objects/user-hub/tables/sql.ts";

/** One database for all schedules of a process: made and migrated once, emptied after each. */
const database = new DatabaseSync(":memory:");
const statements = new Map<string, Statement>();

interface Statement {
  statement: StatementSync;
  isRead: boolean;
}

export class SimulatedStorage implements Sql {
  exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: unknown[]) {
    if (bindings.length > 100) throw new Error("more than 100 parameters");
    const { statement, isRead } = prepare(query);
    const bound = bindings.map(toSqlite);
    const rows = isRead ? (statement.all(...bound) as Row[]) : [];
    const rowsWritten = isRead ? 0 : Number(statement.run(...bound).changes);
    for (const row of rows) {
      for (const key in row) {
        const value: unknown = row[key];
        if (value instanceof Uint8Array) (row as Record<string, SqlValue>)[key] = value.slice().buffer;
      }
    }
    return Object.assign(rows, { toArray: () => rows, rowsRead: rows.length, rowsWritten });
  }

  begin(): void {
    prepare("BEGIN").statement.run();
  }

  commit(): void {
    prepare("COMMIT").statement.run();
  }

  rollback(): void {
    prepare("ROLLBACK").statement.run();
  }

  tables(): string[] {
    const rows = prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").statement.all();
    return rows.map(({ name }) => String(name));
  }

  /** As a new hub finds it, apart from the schema. */
  empty(): void {
    if (database.isTransaction) this.rollback();
    for (const table of this.tables()) {
      prepare(`DELETE FROM ${table}${table === "meta" ? " WHERE key <> 'schemaVersion'" : ""}`).statement.run();
    }
  }
}

function prepare(query: string): Statement {
  let known = statements.get(query);
  if (!known) {
    known = { statement: database.prepare(query), isRead: /^\s*(SELECT|WITH)/.test(query) };
    if (!/^\s*(CREATE|ALTER|DROP)/.test(query)) statements.set(query, known);
  }
  return known;
}

/** The platform binds the bytes that a view shows. */
function toSqlite(value: unknown): string | number | null | Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === undefined) throw new Error("undefined cannot be bound");
  return value as string | number | null;
}
