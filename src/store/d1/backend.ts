// D1 as a back end of the store.
import { drizzle } from "drizzle-orm/d1";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import journal from "../../../migrations/d1/meta/_journal.json" with { type: "json" };
import { HomeportError } from "../../errors.ts";
import { type Backend, type Outcomes, type Statements, conflict, rootOf, unavailable } from "../backend.ts";
import * as people from "./auth-schema.ts";
import * as dashboards from "./dashboard-schema.ts";
import * as exportTables from "./export-schema.ts";
import * as registry from "./schema.ts";

/** wrangler's own. */
export const appliedMigrations = sqliteTable("d1_migrations", { name: text("name").notNull() });

/** What SQLite says of a statement it understood but refused, and of one that is wrong. Anything else is an outage. */
const statementFailure = /SQLITE_(?:CONSTRAINT|ERROR|MISMATCH|TOOBIG|RANGE)|constraint failed/;

export function openD1(binding: D1Database): Backend {
  const db = drizzle(binding);
  return {
    provider: "sqlite",
    db,
    tables: { ...people, ...registry, ...dashboards, ...exportTables, appliedMigrations },

    async batch<T extends Statements>(build: (database: typeof db) => readonly [...T]) {
      const results: readonly unknown[] = await db.batch(build(db));
      return results.map((result) => (isWrite(result) ? result.meta.changes : result)) as Outcomes<T>;
    },

    async changed(write) {
      return (await write).meta.changes;
    },

    newestMigration: `${journal.entries.at(-1)?.tag}.sql`,
    lacksTable: (error) => messageOf(error).includes("no such table"),

    translated(error) {
      if (error instanceof HomeportError) return error;
      const message = messageOf(error);
      if (message.includes("UNIQUE constraint failed")) return conflict();
      if (statementFailure.test(message)) return new Error(`The database refused a statement: ${message}`);
      return unavailable(message);
    },
  };
}

function messageOf(error: unknown): string {
  const root = rootOf(error);
  return root instanceof Error ? root.message : String(root);
}

function isWrite(result: unknown): result is D1Result {
  return typeof result === "object" && result !== null && "meta" in result;
}
