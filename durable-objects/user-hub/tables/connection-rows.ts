// The rows that belong to one connection or session each and go with it, whichever table they are in.
import type { Sql } from "./sql.ts";

/** Tables whose rows mean nothing once their connection has ended. Wills mean something: see wills.ts. */
const tables = ["partial_packets", "topic_aliases"] as const;
const sessionTables = ["session_subscriptions", "queued_messages"] as const;

export function deleteConnectionRows(sql: Sql, connectionId: string): void {
  for (const table of tables) sql.exec(`DELETE FROM ${table} WHERE connection_id = ?`, connectionId);
}

/** Ids of all connections that have such rows, also of those that died with the object. */
export function connectionsWithRows(sql: Sql): string[] {
  const query = tables.map((table) => `SELECT connection_id AS id FROM ${table}`).join(" UNION ");
  return idsOf(sql, query);
}

/** Keys of sessions that have rows and are not in `sessions`: they ended, or should have, with their connection. */
export function sessionsWithRowsAlone(sql: Sql): string[] {
  const query = sessionTables.map((table) => `SELECT session_key AS id FROM ${table}`).join(" UNION ");
  return idsOf(sql, `SELECT id FROM (${query}) WHERE id NOT IN (SELECT session_key FROM sessions)`);
}

function idsOf(sql: Sql, query: string): string[] {
  return sql
    .exec<{ id: string }>(query)
    .toArray()
    .map(({ id }) => id);
}
