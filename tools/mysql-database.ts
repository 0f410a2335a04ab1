// The schema of the MySQL that DATABASE_URL names: applies migrations/mysql through the same driver as the Worker, and records
// them in `homeport_migrations`, where the Worker looks. MySQL has no transactions around DDL, so every statement is recorded;
// a run that broke off goes on where it stopped.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, DatabaseError } from "@planetscale/database";
import { Failure } from "./failure.ts";
import { projectDir } from "./wrangler.ts";

const migrationsDir = join(projectDir, "migrations", "mysql");
const tableOptions = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
const timeoutMs = 60_000;

/** MySQL's numbers for what is there already: table, column, index, foreign key, row. */
const alreadyThere = /\(errno (?:1050|1060|1061|1826|121)\)/;

/** What DATABASE_URL says, as the driver takes it. */
function connect(databaseUrl: string): Client {
  const httpUrl = databaseUrl.trim().replace(/^mysql:/, "https:");
  if (!URL.canParse(httpUrl) || !/^https?:$/.test(new URL(httpUrl).protocol)) {
    throw new Failure("DATABASE_URL must be mysql://user:password@host/database or https://user:password@host.");
  }
  const { protocol, host, username, password } = new URL(httpUrl);
  const send: NonNullable<ConstructorParameters<typeof Client>[0]["fetch"]> = (url, request) =>
    fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
  if (protocol === "http:") return new Client({ url: httpUrl, fetch: send });
  return new Client({
    host: host.replace(/:3306$/, ""),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    fetch: send,
  });
}

/** Applies what is missing and returns the names of those files. Throws a Failure with the database's own words. */
export async function applyMysqlMigrations(databaseUrl: string): Promise<string[]> {
  try {
    return await applyMissing(connect(databaseUrl));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`The migrations could not be applied to DATABASE_URL. ${String(error)}`);
  }
}

async function applyMissing(client: Client): Promise<string[]> {
  await client.execute(
    `CREATE TABLE IF NOT EXISTS homeport_migrations (name varchar(255) NOT NULL PRIMARY KEY, applied_at bigint NOT NULL) ${tableOptions}`,
  );
  const { rows } = await client.execute<{ name: string }>("SELECT name FROM homeport_migrations");
  const recorded = new Set(rows.map(({ name }) => name));
  const applied: string[] = [];
  for (const name of migrationNames()) {
    if (recorded.has(name)) continue;
    await applyFile(client, name, recorded);
    applied.push(name);
  }
  return applied;
}

function migrationNames(): string[] {
  const journal = readFileSync(join(migrationsDir, "meta", "_journal.json"), "utf8");
  return (JSON.parse(journal) as { entries: { tag: string }[] }).entries.map(({ tag }) => `${tag}.sql`);
}

async function applyFile(client: Client, name: string, recorded: Set<string>): Promise<void> {
  const record = (row: string) =>
    client.execute("INSERT INTO homeport_migrations (name, applied_at) VALUES (?, ?)", [row, Date.now()]);
  const begun = `${name} begun`;
  const isResumed = recorded.has(begun);
  if (!isResumed) await record(begun);
  const statements = readFileSync(join(migrationsDir, name), "utf8").split("--> statement-breakpoint");
  for (const [index, statement] of statements.entries()) {
    const step = `${name} statement ${index + 1}`;
    if (recorded.has(step)) continue;
    try {
      await client.execute(withTableOptions(statement.trim().replace(/;$/, "")));
    } catch (error) {
      // The run before may have executed it and ended before it could record it.
      const isDone = isResumed && error instanceof DatabaseError && alreadyThere.test(error.message);
      if (!isDone) throw new Failure(`${step} could not be applied: ${String(error)}`);
    }
    await record(step);
  }
  await record(name);
}

/** Whatever the server's defaults are: ids and names differ by case, and text is Unicode. */
function withTableOptions(statement: string): string {
  return /^CREATE TABLE /i.test(statement) ? `${statement} ${tableOptions}` : statement;
}
