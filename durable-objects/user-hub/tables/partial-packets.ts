// The beginning of a packet whose rest has not arrived, when it is too long for the attachment: one appended chunk a
// frame, gone when the packet is complete or its connection ends.
import type { Sql } from "./sql.ts";

export const createPartialPackets = `CREATE TABLE partial_packets (
  connection_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (connection_id, seq)
) WITHOUT ROWID`;

export class PartialPacketsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(connectionId: string): Uint8Array[] {
    const rows = this.#sql.exec<{ bytes: ArrayBuffer }>(
      "SELECT bytes FROM partial_packets WHERE connection_id = ? ORDER BY seq",
      connectionId,
    );
    return rows.toArray().map((row) => new Uint8Array(row.bytes));
  }

  append(connectionId: string, seq: number, bytes: Uint8Array): void {
    this.#sql.exec("INSERT INTO partial_packets VALUES (?, ?, ?)", connectionId, seq, bytes);
  }

  deleteAll(connectionId: string): void {
    this.#sql.exec("DELETE FROM partial_packets WHERE connection_id = ?", connectionId);
  }
}
