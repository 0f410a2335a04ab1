// Which devices and app tokens this hub admits, and how their owner calls the devices: the database's state, copied by version.
import type { Grants } from "../../../src/domain/access.ts";
import type { CredentialState, DeviceFacts } from "../../../src/domain/credentials.ts";
import { firstRow, type Sql } from "./sql.ts";

/** `gen` is null for what is revoked or deleted; such rows stay, so that a late message cannot revive them. */
export const createCredentials = `CREATE TABLE credentials (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  gen INTEGER,
  grants TEXT NOT NULL
) WITHOUT ROWID`;

/** JSON of DeviceFacts; null: an app token, a deleted device, or one that has not changed since before this column was. */
export const addAbout = "ALTER TABLE credentials ADD COLUMN about TEXT";

type Row = { subject: string; version: number; gen: number | null; grants: string; about: string | null };

export class CredentialsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(subject: string): CredentialState | null {
    const row = firstRow(this.#sql.exec<Row>("SELECT * FROM credentials WHERE subject = ?", subject));
    return row && { ...row, grants: JSON.parse(row.grants) as Grants, about: factsOf(row.about) };
  }

  /** Takes a state over unless a newer one is known. False: it was not newer, nothing was written. */
  apply(state: CredentialState): boolean {
    const { rowsWritten } = this.#sql.exec(
      `INSERT INTO credentials VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version,
       gen = excluded.gen, grants = excluded.grants, about = excluded.about WHERE excluded.version > version`,
      state.subject,
      state.version,
      state.gen,
      JSON.stringify(state.grants),
      state.about ? JSON.stringify(state.about) : null,
    );
    return rowsWritten > 0;
  }

  /** Ids of the devices that may connect, in order. */
  *deviceIds(): Iterable<string> {
    const rows = this.#sql.exec<{ subject: string }>(
      "SELECT subject FROM credentials WHERE subject >= 'dev_' AND subject < 'dev`' AND gen IS NOT NULL ORDER BY subject",
    );
    for (const row of rows) yield row.subject;
  }

  /** What is known of every device that may connect, by id; of those after `after`, as many as `limit`. */
  *facts(after = "dev_", limit = -1): Iterable<{ deviceId: string; about: DeviceFacts | null }> {
    const rows = this.#sql.exec<{ subject: string; about: string | null }>(
      `SELECT subject, about FROM credentials WHERE subject > ? AND subject < 'dev\`' AND gen IS NOT NULL
       ORDER BY subject LIMIT ?`,
      after,
      limit,
    );
    for (const row of rows) yield { deviceId: row.subject, about: factsOf(row.about) };
  }
}

function factsOf(about: string | null): DeviceFacts | null {
  return about === null ? null : (JSON.parse(about) as DeviceFacts);
}
