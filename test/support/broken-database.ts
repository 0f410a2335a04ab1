// Databases that fail, in front of the real one. Each is new to the application, which remembers nothing about it.
import { env } from "cloudflare:workers";

/** The real database, with every statement passed through `replace` first; a throw is a failure of the database. */
export function databaseWith(replace: (statement: string) => string): D1Database {
  return new Proxy(env.DB, {
    get(database, property) {
      if (property === "prepare") return (statement: string) => database.prepare(replace(statement));
      const value = Reflect.get(database, property);
      return typeof value === "function" ? value.bind(database) : value;
    },
  });
}

/** What D1 throws while it cannot be reached. */
export function unreachable(): never {
  throw new Error("D1_ERROR: Network connection lost.");
}

/** Bindings with a database that cannot be reached, of the kind the project runs on. */
export function unreachableDatabase(): Partial<Env> {
  return { DB: databaseWith(unreachable), ...(env.DATABASE_URL ? { DATABASE_URL: env.DOWN_DATABASE_URL } : {}) };
}

/** A database on which nobody ever ran a migration. */
export function emptyDatabase(): D1Database {
  return databaseWith((statement) => statement.replaceAll('"d1_migrations"', '"no_such_table"'));
}

/** A database that lacks the newest migration. */
export function olderDatabase(): D1Database {
  return databaseWith((statement) =>
    statement.replace('"d1_migrations"', `(select '0000_older.sql' as "name") as "d1_migrations"`),
  );
}
