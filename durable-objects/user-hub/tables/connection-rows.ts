// The rows that belong to one connection each and go with it, whichever table they are in.
import type { Sql } from "./sql.ts";

/** Tables whose rows mean nothing once their connection has ended. Wills mean something: see wills.ts. */
const tables = ["subscriptions", "partial_packets", "pending_messages"] as const;

export function deleteConnectionRows(sql: Sql, connectionId: string): void {
  for (const table of tables) sql.exec(`DELETE FROM ${table} WHERE connection_id = ?`, connectionId);
}

/** Ids of all connections that have such rows, also of those that died with the object. */
export function connectionsWithRows(sql: Sql): string[] {
  const query = tables.map((table) => `SELECT connection_id FROM ${table}`).join(" UNION ");
  return sql
    .exec<{ connection_id: string }>(query)
    .toArray()
    .map((row) => row.connection_id);
}
