// Serverless MySQL as a back end of the store: drizzle over the PlanetScale driver, which speaks HTTP.
import { Client, type Config } from "@planetscale/database";
import { mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import journal from "../../../migrations/mysql/meta/_journal.json" with { type: "json" };
import {
  type Backend,
  type Database,
  type Outcomes,
  type Statements,
  type Tables,
  conflict,
  rootOf,
  unavailable,
} from "../backend.ts";
import * as people from "./auth-schema.ts";
import { failureOf, noSuchTable, uniqueViolation } from "./failures.ts";
import * as dashboards from "./dashboard-schema.ts";
import * as exportTables from "./export-schema.ts";
import * as registry from "./schema.ts";
import { backoff, maxAttempts, sendThrough } from "./send.ts";

/** Written by tools/mysql-database.ts. */
const appliedMigrations = mysqlTable("homeport_migrations", { name: varchar("name", { length: 255 }).notNull() });

/** A table or column that D1 has and MySQL has not, or whose values differ, is a type error here. */
const tables = { ...people, ...registry, ...dashboards, ...exportTables, appliedMigrations } satisfies {
  [K in keyof Tables]: { $inferSelect: Tables[K]["$inferSelect"]; $inferInsert: Tables[K]["$inferInsert"] };
};

/** `url` is a validated DATABASE_URL: http or https. */
export function openMysql(url: string): Backend {
  const mysql = drizzle(new Client(connectionTo(url)));

  return {
    provider: "mysql",
    db: asDatabase(mysql),
    // The queries know drizzle's language, not its dialects: the names are the same, and so are the values, as `tables` proves.
    tables: tables as unknown as Tables,

    async batch<T extends Statements>(build: (db: Database) => readonly [...T]) {
      for (let tried = 1; ; tried++) {
        let isOpen = false;
        try {
          return await mysql.transaction(async (transaction) => {
            isOpen = true;
            const outcomes: unknown[] = [];
            for (const statement of build(asDatabase(transaction))) outcomes.push(outcomeOf(await statement));
            isOpen = false;
            return outcomes as Outcomes<T>;
          });
        } catch (error) {
          // BEGIN is repeated by itself; a COMMIT without an answer may have happened.
          if (!isOpen || tried === maxAttempts || !failureOf(rootOf(error))?.isTransient) throw error;
          await backoff(tried);
        }
      }
    },

    async changed(write) {
      return outcomeOf(await write) as number;
    },

    newestMigration: `${journal.entries.at(-1)?.tag}.sql`,
    lacksTable: (error) => failureOf(rootOf(error))?.errno === noSuchTable,

    translated(error) {
      const root = rootOf(error);
      const failure = failureOf(root);
      // Not of the database: as it is, unless drizzle wrapped it together with the statement's parameters.
      if (!failure && root === error && error instanceof Error) return error;
      const said = withoutValues(root instanceof Error ? root.message : String(root));
      if (!failure) return new Error(`The database could not be asked: ${said}`);
      if (failure.errno === uniqueViolation) return conflict();
      return failure.isTransient ? unavailable(said) : new Error(`The database refused a statement: ${said}`);
    },
  };
}

/** The driver takes a user name and a password from `url` as they are spelled there, but can reach http in no other way. */
function connectionTo(url: string): Config {
  const { protocol, host, username, password } = new URL(url);
  const send = sendThrough((...request) => fetch(...request));
  if (protocol === "http:") return { url, fetch: send };
  return { host, username: decodeURIComponent(username), password: decodeURIComponent(password), fetch: send };
}

/** For SELECT, INSERT, UPDATE and DELETE drizzle's builders for MySQL are called like those for SQLite. */
function asDatabase(mysql: Pick<ReturnType<typeof drizzle>, "select" | "insert" | "update" | "delete">): Database {
  return mysql as unknown as Database;
}

/** Rows, or the number of rows a write changed. */
function outcomeOf(result: unknown): unknown {
  return Array.isArray(result) ? result : (result as { rowsAffected: number }).rowsAffected;
}

/** The database's sentence without the statement and the values in it. */
function withoutValues(message: string): string {
  return message
    .replace(/:? Sql: .*/s, "")
    .replaceAll(/'[^']*'|"[^"]*"/g, "'…'")
    .slice(0, 300);
}
