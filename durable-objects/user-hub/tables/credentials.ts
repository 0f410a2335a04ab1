// Which devices and app tokens this hub admits: the database's state, copied by version.
import type { Grants } from "../../../src/domain/access.ts";
import type { CredentialState } from "../../../src/domain/credentials.ts";
import { firstRow, type Sql } from "./sql.ts";

/** `gen` is null for what is revoked or deleted; such rows stay, so that a late message cannot revive them. */
export const createCredentials = `CREATE TABLE credentials (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  gen INTEGER,
  grants TEXT NOT NULL
) WITHOUT ROWID`;

type Row = { subject: string; version: number; gen: number | null; grants: string };

export class CredentialsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(subject: string): CredentialState | null {
    const row = firstRow(this.#sql.exec<Row>("SELECT * FROM credentials WHERE subject = ?", subject));
    return row && { ...row, grants: JSON.parse(row.grants) as Grants };
  }

  /** Takes a state over unless a newer one is known. False: it was not newer, nothing was written. */
  apply(state: CredentialState): boolean {
    const { rowsWritten } = this.#sql.exec(
      `INSERT INTO credentials VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET version = excluded.version, gen = excluded.gen, grants = excluded.grants WHERE excluded.version > version`,
      state.subject,
      state.version,
      state.gen,
      JSON.stringify(state.grants),
    );
    return rowsWritten > 0;
  }

  /** Ids of the devices that may connect, in order. */
  *deviceIds(): Iterable<string> {
    const rows = this.#sql.exec<{ subject: string }>(
      "SELECT subject FROM credentials WHERE subject >= 'dev_' AND subject < 'dev`' AND gen IS NOT NULL",
    );
    for (const row of rows) yield row.subject;
  }
}
