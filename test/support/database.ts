// The database of the project a test runs in, D1 or MySQL, for what a test arranges or looks up behind the application's back.
// Statements are to mean the same on both.
import { Client, cast } from "@planetscale/database";
import { env } from "cloudflare:workers";

type Row = Record<string, unknown>;

const mysql = env.DATABASE_URL
  ? new Client({
      url: env.DATABASE_URL,
      cast: (field, value) => (field.type === "INT64" && value !== null ? Number(value) : cast(field, value)),
    })
  : null;

/** The rows of a read; of a write none. */
export async function queryDatabase(statement: string, ...values: unknown[]): Promise<Row[]> {
  if (mysql) return (await mysql.execute<Row>(statement, values)).rows;
  return (
    await env.DB.prepare(statement)
      .bind(...values)
      .all<Row>()
  ).results;
}
