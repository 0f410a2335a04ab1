// QoS 1 messages that wait because their receiver has as many unacknowledged ones as it can take. They belong to a
// connection and end with it.
import type { Message } from "../broker/message.ts";
import { firstRow, type Sql } from "./sql.ts";

export const createPendingMessages = `CREATE TABLE pending_messages (
  connection_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  topic TEXT NOT NULL,
  payload BLOB NOT NULL,
  retain INTEGER NOT NULL,
  properties BLOB NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (connection_id, seq)
) WITHOUT ROWID`;

type Row = {
  seq: number;
  topic: string;
  payload: ArrayBuffer;
  retain: number;
  properties: ArrayBuffer;
  expires_at: number | null;
};

export class PendingMessagesTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  append(connectionId: string, seq: number, message: Message, retain: boolean): void {
    this.#sql.exec(
      "INSERT INTO pending_messages VALUES (?, ?, ?, ?, ?, ?, ?)",
      connectionId,
      seq,
      message.topic,
      message.payload,
      retain ? 1 : 0,
      message.properties,
      message.expiresAt,
    );
  }

  /** Removes and returns the oldest. */
  take(connectionId: string): Message | null {
    const rows = this.#sql.exec<Row>(
      "SELECT * FROM pending_messages WHERE connection_id = ? ORDER BY seq LIMIT 1",
      connectionId,
    );
    const row = firstRow(rows);
    if (!row) return null;
    this.#sql.exec("DELETE FROM pending_messages WHERE connection_id = ? AND seq = ?", connectionId, row.seq);
    return {
      topic: row.topic,
      topicBytes: null,
      payload: new Uint8Array(row.payload),
      qos: 1,
      retain: row.retain === 1,
      properties: new Uint8Array(row.properties),
      expiresAt: row.expires_at,
    };
  }
}
