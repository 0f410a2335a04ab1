// Whether the database has the tables this code was written for.
import { sql } from "drizzle-orm";
import journal from "../../../migrations/d1/meta/_journal.json" with { type: "json" };
import { HomeportError } from "../../errors.ts";
import type { SchemaStore } from "../store.ts";
import { type Database, guarded } from "./database.ts";

/** As wrangler records it. */
const newestMigration = `${journal.entries.at(-1)?.tag}.sql`;

function outdated(): HomeportError {
  return new HomeportError(
    "schema_outdated",
    "The database is older than this program. Run `npm run migrate` for a local server, `npm run deploy` for a deployed one.",
    { retryAfterSeconds: 30 },
  );
}

export function schemaStore(db: Database): SchemaStore {
  let checked = false;

  return guarded<SchemaStore>({
    async check() {
      if (checked) return;
      const rows = await appliedNewest(db);
      if (rows.length === 0) throw outdated();
      checked = true;
    },
  });
}

async function appliedNewest(db: Database): Promise<unknown[]> {
  try {
    return await db.all(sql`select name from d1_migrations where name = ${newestMigration}`);
  } catch (error) {
    if (error instanceof Error && /no such table/.test(String(error.cause ?? error))) throw outdated();
    throw error;
  }
}
