// Retained messages: one row a topic. An unchanged message writes nothing.
import type { Message } from "../broker/message.ts";
import { firstRow, type Sql } from "./sql.ts";

/** `properties` is the wire form of the forwardable MQTT 5 properties; `expires_at` is epoch ms. */
export const createRetainedMessages = `CREATE TABLE retained_messages (
  topic TEXT PRIMARY KEY,
  payload BLOB NOT NULL,
  qos INTEGER NOT NULL,
  properties BLOB NOT NULL,
  expires_at INTEGER
) WITHOUT ROWID`;

type Row = { topic: string; payload: ArrayBuffer; qos: 0 | 1 | 2; properties: ArrayBuffer; expires_at: number | null };

const lastCharacter = "\u{10FFFF}";
const pageRows = 50;

export class RetainedMessagesTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(topic: string): Message | null {
    const row = firstRow(this.#sql.exec<Row>("SELECT * FROM retained_messages WHERE topic = ?", topic));
    return row && toMessage(row);
  }

  /** All whose topic begins with `prefix`, by topic. The caller applies the filter, and may write meanwhile. */
  *readPrefix(prefix: string): Iterable<Message> {
    let after = "";
    for (;;) {
      const rows = this.#sql
        .exec<Row>(
          "SELECT * FROM retained_messages WHERE topic > ? AND topic >= ? AND topic < ? ORDER BY topic LIMIT ?",
          after,
          prefix,
          prefix + lastCharacter,
          pageRows,
        )
        .toArray();
      yield* rows.map(toMessage);
      if (rows.length < pageRows) return;
      after = rows.at(-1)?.topic ?? "";
    }
  }

  /** The first after a topic, in order, as many as come to `maxBytes` of payload, but one at least; those that expired as well. */
  page(after: string, maxBytes: number): Message[] {
    const rows = this.#sql.exec<Row>(
      "SELECT * FROM retained_messages WHERE topic > ? ORDER BY topic LIMIT ?",
      after,
      pageRows,
    );
    const page: Message[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += row.payload.byteLength;
      if (page.length > 0 && bytes > maxBytes) break;
      page.push(toMessage(row));
    }
    return page;
  }

  write(message: Message): void {
    this.#sql.exec(
      `INSERT INTO retained_messages VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET payload = excluded.payload,
       qos = excluded.qos, properties = excluded.properties, expires_at = excluded.expires_at`,
      message.topic,
      message.payload,
      message.qos,
      message.properties,
      message.expiresAt,
    );
  }

  delete(topic: string): void {
    this.#sql.exec("DELETE FROM retained_messages WHERE topic = ?", topic);
  }

  deleteExpired(now: number): void {
    this.#sql.exec("DELETE FROM retained_messages WHERE expires_at <= ?", now);
  }

  /** Reads every row: for once after a wake. */
  size(): { count: number; bytes: number } {
    const rows = this.#sql.exec<{ count: number; bytes: number }>(
      `SELECT count(*) AS count, coalesce(sum(length(topic) + length(payload) + length(properties)), 0) AS bytes
       FROM retained_messages`,
    );
    return firstRow(rows) ?? { count: 0, bytes: 0 };
  }
}

function toMessage(row: Row): Message {
  return {
    topic: row.topic,
    topicBytes: null,
    payload: new Uint8Array(row.payload),
    qos: row.qos,
    retain: true,
    properties: new Uint8Array(row.properties),
    expiresAt: row.expires_at,
  };
}
