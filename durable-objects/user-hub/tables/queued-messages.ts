// Outgoing messages of QoS 1 and 2 that must not be lost: those of sessions that outlive their connection until they are
// acknowledged, those that wait for acknowledgements of others, and those of shared subscriptions that another member would get.
import type { Message } from "../broker/message.ts";
import { firstRow, type Sql } from "./sql.ts";

/**
 * `released`: PUBREC has come, the payload is gone, PUBREL is to be repeated. `share`: the shared subscription it came by.
 * `subscription_ids`: a JSON array, or null.
 */
export const createQueuedMessages = `CREATE TABLE queued_messages (
  session_key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  topic TEXT NOT NULL,
  payload BLOB NOT NULL,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  properties BLOB NOT NULL,
  subscription_ids TEXT,
  share TEXT,
  queued_at INTEGER NOT NULL,
  expires_at INTEGER,
  released INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (session_key, seq)
) WITHOUT ROWID`;

export interface QueuedMessage {
  seq: number;
  message: Message;
  qos: 1 | 2;
  subscriptionIds: readonly number[] | null;
  share: string | null;
  queuedAt: number;
}

type Row = {
  seq: number;
  topic: string;
  payload: ArrayBuffer;
  qos: 1 | 2;
  retain: number;
  properties: ArrayBuffer;
  subscription_ids: string | null;
  share: string | null;
  queued_at: number;
  expires_at: number | null;
};

const bytesOfRow = "length(topic) + length(payload) + length(properties)";

export class QueuedMessagesTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  append(sessionKey: string, { seq, message, qos, subscriptionIds, share, queuedAt }: QueuedMessage): void {
    this.#sql.exec(
      "INSERT INTO queued_messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
      sessionKey,
      seq,
      message.topic,
      message.payload,
      qos,
      message.retain ? 1 : 0,
      message.properties,
      subscriptionIds && JSON.stringify(subscriptionIds),
      share,
      queuedAt,
      message.expiresAt,
    );
  }

  /** The oldest ones after `seq` that are not released. */
  after(sessionKey: string, seq: number, limit: number): QueuedMessage[] {
    return this.#sql
      .exec<Row>(
        "SELECT * FROM queued_messages WHERE session_key = ? AND seq > ? AND released = 0 ORDER BY seq LIMIT ?",
        sessionKey,
        seq,
        limit,
      )
      .toArray()
      .map(toQueued);
  }

  /** Numbers of those for which PUBREL is to be repeated. */
  released(sessionKey: string): number[] {
    return this.#sql
      .exec<{ seq: number }>(
        "SELECT seq FROM queued_messages WHERE session_key = ? AND released = 1 ORDER BY seq",
        sessionKey,
      )
      .toArray()
      .map(({ seq }) => seq);
  }

  /** PUBREC has come: from now on only the number matters [MQTT-4.3.3-4]. */
  release(sessionKey: string, seq: number): void {
    this.#sql.exec(
      `UPDATE queued_messages SET payload = x'', topic = '', properties = x'', released = 1
       WHERE session_key = ? AND seq = ?`,
      sessionKey,
      seq,
    );
  }

  delete(sessionKey: string, seq: number): void {
    this.#sql.exec("DELETE FROM queued_messages WHERE session_key = ? AND seq = ?", sessionKey, seq);
  }

  /** Deletes those with this number and before; how many. */
  deleteUpTo(sessionKey: string, seq: number): number {
    const query = "DELETE FROM queued_messages WHERE session_key = ? AND seq <= ?";
    return this.#sql.exec(query, sessionKey, seq).rowsWritten;
  }

  deleteAll(sessionKey: string): void {
    this.#sql.exec("DELETE FROM queued_messages WHERE session_key = ?", sessionKey);
  }

  /** How many wait after `seq`, their bytes, and the highest number of all. Reads every row of the session. */
  measure(sessionKey: string, seq: number): { waiting: number; bytes: number; lastSeq: number } {
    const rows = this.#sql.exec<{ waiting: number; bytes: number; lastSeq: number }>(
      `SELECT count(*) FILTER (WHERE seq > ? AND released = 0) AS waiting, coalesce(max(seq), 0) AS lastSeq,
       coalesce(sum(${bytesOfRow}) FILTER (WHERE seq > ? AND released = 0), 0) AS bytes
       FROM queued_messages WHERE session_key = ?`,
      seq,
      seq,
      sessionKey,
    );
    return firstRow(rows) ?? { waiting: 0, bytes: 0, lastSeq: 0 };
  }

  /** The number of the nth of them, counted from 1; null: there are fewer. */
  nth(sessionKey: string, n: number): number | null {
    const query = "SELECT seq FROM queued_messages WHERE session_key = ? ORDER BY seq LIMIT 1 OFFSET ?";
    return firstRow(this.#sql.exec<{ seq: number }>(query, sessionKey, n - 1))?.seq ?? null;
  }

  /** Bytes of all sessions' messages. Reads every row: for once after a wake. */
  totalBytes(): number {
    const query = `SELECT coalesce(sum(${bytesOfRow}), 0) AS bytes FROM queued_messages`;
    return firstRow(this.#sql.exec<{ bytes: number }>(query))?.bytes ?? 0;
  }

  /** Removes the oldest one after `seq` that is not released; its bytes, or null. */
  dropOldest(sessionKey: string, seq: number): number | null {
    const oldest = firstRow(
      this.#sql.exec<{ seq: number; bytes: number }>(
        `SELECT seq, ${bytesOfRow} AS bytes FROM queued_messages
         WHERE session_key = ? AND seq > ? AND released = 0 ORDER BY seq LIMIT 1`,
        sessionKey,
        seq,
      ),
    );
    if (!oldest) return null;
    this.delete(sessionKey, oldest.seq);
    return oldest.bytes;
  }

  /** Those of QoS 1 that came by a shared subscription: another member gets them when the session ends [MQTT-4.8.2-5]. */
  shared(sessionKey: string): QueuedMessage[] {
    return this.#sql
      .exec<Row>(
        "SELECT * FROM queued_messages WHERE session_key = ? AND share IS NOT NULL AND qos = 1 ORDER BY seq",
        sessionKey,
      )
      .toArray()
      .map(toQueued);
  }
}

/** What a message takes in a queue. */
export function queuedBytes({ topic, payload, properties }: Message): number {
  return topic.length + payload.length + properties.length;
}

function toQueued(row: Row): QueuedMessage {
  return {
    seq: row.seq,
    qos: row.qos,
    subscriptionIds: row.subscription_ids === null ? null : (JSON.parse(row.subscription_ids) as number[]),
    share: row.share,
    queuedAt: row.queued_at,
    message: {
      topic: row.topic,
      topicBytes: null,
      payload: new Uint8Array(row.payload),
      qos: row.qos,
      retain: row.retain === 1,
      properties: new Uint8Array(row.properties),
      expiresAt: row.expires_at,
    },
  };
}
