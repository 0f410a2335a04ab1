// Wills of live connections: one row for each connection that has one, gone when it ends. A row without its connection
// is the will of a connection that died with the object.
import type { Message } from "../broker/message.ts";
import { firstRow, type Sql } from "./sql.ts";

export const createWills = `CREATE TABLE wills (
  connection_id TEXT PRIMARY KEY,
  topic TEXT NOT NULL,
  payload BLOB NOT NULL,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  properties BLOB NOT NULL,
  expiry_seconds INTEGER
) WITHOUT ROWID`;

/** The message of a will; its expiry starts when it is published. */
export type WillMessage = Omit<Message, "expiresAt"> & { expirySeconds: number | null };

type Row = {
  topic: string;
  payload: ArrayBuffer;
  qos: 0 | 1 | 2;
  retain: number;
  properties: ArrayBuffer;
  expiry_seconds: number | null;
};

export class WillsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  write(connectionId: string, will: WillMessage): void {
    const retain = will.retain ? 1 : 0;
    this.#sql.exec(
      "INSERT INTO wills VALUES (?, ?, ?, ?, ?, ?, ?)",
      connectionId,
      will.topic,
      will.payload,
      will.qos,
      retain,
      will.properties,
      will.expirySeconds,
    );
  }

  /** Removes and returns a connection's will. */
  take(connectionId: string): WillMessage | null {
    const row = firstRow(this.#sql.exec<Row>("SELECT * FROM wills WHERE connection_id = ?", connectionId));
    if (!row) return null;
    this.#sql.exec("DELETE FROM wills WHERE connection_id = ?", connectionId);
    return {
      topic: row.topic,
      topicBytes: null,
      payload: new Uint8Array(row.payload),
      qos: row.qos,
      retain: row.retain === 1,
      properties: new Uint8Array(row.properties),
      expirySeconds: row.expiry_seconds,
    };
  }

  connectionIds(): string[] {
    const rows = this.#sql.exec<{ connection_id: string }>("SELECT connection_id FROM wills");
    return rows.toArray().map((row) => row.connection_id);
  }
}
