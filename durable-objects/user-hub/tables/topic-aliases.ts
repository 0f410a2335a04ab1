// Topic aliases of live connections that their attachment has no room for.
import type { Sql } from "./sql.ts";

export const createTopicAliases = `CREATE TABLE topic_aliases (
  connection_id TEXT NOT NULL,
  alias INTEGER NOT NULL,
  topic TEXT NOT NULL,
  PRIMARY KEY (connection_id, alias)
) WITHOUT ROWID`;

export class TopicAliasesTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  read(connectionId: string): [alias: number, topic: string][] {
    const rows = this.#sql.exec<{ alias: number; topic: string }>(
      "SELECT alias, topic FROM topic_aliases WHERE connection_id = ?",
      connectionId,
    );
    return rows.toArray().map(({ alias, topic }) => [alias, topic]);
  }

  write(connectionId: string, alias: number, topic: string): void {
    this.#sql.exec(
      `INSERT INTO topic_aliases VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET topic = excluded.topic
       WHERE excluded.topic <> topic`,
      connectionId,
      alias,
      topic,
    );
  }

  delete(connectionId: string, alias: number): void {
    this.#sql.exec("DELETE FROM topic_aliases WHERE connection_id = ? AND alias = ?", connectionId, alias);
  }
}
