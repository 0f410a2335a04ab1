// Whether the database has the tables this code was written for.
import { eq } from "drizzle-orm";
import { HomeportError } from "../../errors.ts";
import type { SchemaStore } from "../store.ts";
import type { Backend } from "../backend.ts";

function outdated(): HomeportError {
  return new HomeportError(
    "schema_outdated",
    "The database is older than this program. Run `npm run migrate` for a local server, `npm run deploy` for a deployed one.",
    { retryAfterSeconds: 30 },
  );
}

export function schemaStore(backend: Backend): SchemaStore {
  let checked = false;

  return {
    async check({ again } = { again: false }) {
      if (checked && !again) return;
      const rows = await appliedNewest(backend);
      if (rows.length === 0) throw outdated();
      checked = true;
    },
  };
}

async function appliedNewest({
  db,
  tables: { appliedMigrations },
  newestMigration,
  lacksTable,
}: Backend): Promise<unknown[]> {
  try {
    return await db.select().from(appliedMigrations).where(eq(appliedMigrations.name, newestMigration));
  } catch (error) {
    if (lacksTable(error)) throw outdated();
    throw error;
  }
}
