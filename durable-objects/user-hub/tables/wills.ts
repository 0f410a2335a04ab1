// Wills: one row for each connection that has one, gone when it is published or dropped. While its connection lives, `due_at`
// is null; so it is for the will of a connection that died with the object, until that is noticed.
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

/** Wills that wait for their delay, and the session whose return cancels them. */
export const addWillDelay = [
  "ALTER TABLE wills ADD COLUMN session_key TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE wills ADD COLUMN delay_seconds INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE wills ADD COLUMN due_at INTEGER",
];

/** The message of a will; its expiry starts when it is published. */
export interface Will {
  connectionId: string;
  sessionKey: string;
  delaySeconds: number;
  /** Epoch ms; null: its connection has not ended, as far as we know. */
  dueAt: number | null;
  expirySeconds: number | null;
  message: Message;
}

type Row = {
  connection_id: string;
  topic: string;
  payload: ArrayBuffer;
  qos: 0 | 1 | 2;
  retain: number;
  properties: ArrayBuffer;
  expiry_seconds: number | null;
  session_key: string;
  delay_seconds: number;
  due_at: number | null;
};

export class WillsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  write({ connectionId, sessionKey, delaySeconds, dueAt, expirySeconds, message }: Will): void {
    this.#sql.exec(
      "INSERT INTO wills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      connectionId,
      message.topic,
      message.payload,
      message.qos,
      message.retain ? 1 : 0,
      message.properties,
      expirySeconds,
      sessionKey,
      delaySeconds,
      dueAt,
    );
  }

  read(connectionId: string): Will | null {
    const row = firstRow(this.#sql.exec<Row>("SELECT * FROM wills WHERE connection_id = ?", connectionId));
    return row && toWill(row);
  }

  postpone(connectionId: string, dueAt: number): void {
    this.#sql.exec("UPDATE wills SET due_at = ? WHERE connection_id = ?", dueAt, connectionId);
  }

  delete(connectionId: string): void {
    this.#sql.exec("DELETE FROM wills WHERE connection_id = ?", connectionId);
  }

  /** Those of connections that ended, by when they are due. */
  delayed(): { connectionId: string; sessionKey: string; dueAt: number }[] {
    const query = "SELECT connection_id, session_key, due_at FROM wills WHERE due_at IS NOT NULL ORDER BY due_at";
    return this.#sql
      .exec<{ connection_id: string; session_key: string; due_at: number }>(query)
      .toArray()
      .map((row) => ({ connectionId: row.connection_id, sessionKey: row.session_key, dueAt: row.due_at }));
  }

  /** Of connections whose end nobody has noticed yet, or that live: connection id to topic. */
  topics(): Map<string, string> {
    const rows = this.#sql.exec<{ connection_id: string; topic: string }>(
      "SELECT connection_id, topic FROM wills WHERE due_at IS NULL",
    );
    return new Map(rows.toArray().map((row) => [row.connection_id, row.topic]));
  }
}

function toWill(row: Row): Will {
  return {
    connectionId: row.connection_id,
    sessionKey: row.session_key,
    delaySeconds: row.delay_seconds,
    dueAt: row.due_at,
    expirySeconds: row.expiry_seconds,
    message: {
      topic: row.topic,
      topicBytes: null,
      payload: new Uint8Array(row.payload),
      qos: row.qos,
      retain: row.retain === 1,
      properties: new Uint8Array(row.properties),
      expiresAt: null,
    },
  };
}
