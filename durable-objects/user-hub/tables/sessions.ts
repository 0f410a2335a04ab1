// Sessions that outlive their connection: one row each, written when a client comes, goes, or leaves a QoS 2 message unreleased.
import type { Sql } from "./sql.ts";

/**
 * `expiry_seconds` as in CONNECT. `connection_id`: of the live connection, or of the one it replaced after a crash; null while
 * there is none, and then `ends_at` (epoch ms; null: never) counts. `received`: packet ids, two bytes each.
 */
export const createSessions = `CREATE TABLE sessions (
  session_key TEXT PRIMARY KEY,
  holder_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  expiry_seconds INTEGER NOT NULL,
  connection_id TEXT,
  ends_at INTEGER,
  last_seq INTEGER NOT NULL,
  sent_seq INTEGER NOT NULL,
  received BLOB NOT NULL,
  dropped INTEGER NOT NULL
) WITHOUT ROWID`;

export interface StoredSession {
  key: string;
  holderId: string;
  clientId: string;
  expirySeconds: number;
  connectionId: string | null;
  endsAt: number | null;
  lastSeq: number;
  sentSeq: number;
  received: readonly number[];
  dropped: number;
}

type Row = {
  session_key: string;
  holder_id: string;
  client_id: string;
  expiry_seconds: number;
  connection_id: string | null;
  ends_at: number | null;
  last_seq: number;
  sent_seq: number;
  received: ArrayBuffer;
  dropped: number;
};

export function isSameRow(a: StoredSession, b: StoredSession): boolean {
  return (
    a.holderId === b.holderId &&
    a.expirySeconds === b.expirySeconds &&
    a.connectionId === b.connectionId &&
    a.endsAt === b.endsAt &&
    a.lastSeq === b.lastSeq &&
    a.sentSeq === b.sentSeq &&
    a.dropped === b.dropped &&
    a.received.length === b.received.length &&
    a.received.every((packetId, i) => packetId === b.received[i])
  );
}

export class SessionsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  all(): StoredSession[] {
    return this.#sql.exec<Row>("SELECT * FROM sessions").toArray().map(toStored);
  }

  write(session: StoredSession): void {
    this.#sql.exec(
      `INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       holder_id = excluded.holder_id, expiry_seconds = excluded.expiry_seconds, connection_id = excluded.connection_id,
       ends_at = excluded.ends_at, last_seq = excluded.last_seq, sent_seq = excluded.sent_seq,
       received = excluded.received, dropped = excluded.dropped`,
      session.key,
      session.holderId,
      session.clientId,
      session.expirySeconds,
      session.connectionId,
      session.endsAt,
      session.lastSeq,
      session.sentSeq,
      new Uint16Array(session.received),
      session.dropped,
    );
  }

  delete(key: string): void {
    this.#sql.exec("DELETE FROM sessions WHERE session_key = ?", key);
  }
}

function toStored(row: Row): StoredSession {
  return {
    key: row.session_key,
    holderId: row.holder_id,
    clientId: row.client_id,
    expirySeconds: row.expiry_seconds,
    connectionId: row.connection_id,
    endsAt: row.ends_at,
    lastSeq: row.last_seq,
    sentSeq: row.sent_seq,
    received: [...new Uint16Array(row.received)],
    dropped: row.dropped,
  };
}
