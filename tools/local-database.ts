// The schema of the D1 database in a state folder.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "./failure.ts";
import { offlineEnv, projectDir, runWrangler } from "./wrangler.ts";

/** Applies what is missing and returns the names of those files. Throws a Failure with wrangler's own words. */
export async function applyLocalMigrations(stateDir: string): Promise<string[]> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const args = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", stateDir];
  const result = await runWrangler(args, { env: offlineEnv(stateDir) });
  if (result.exitCode !== 0) {
    throw new Failure(`The migrations could not be applied to ${stateDir}.\n${result.stdout}${result.stderr}`);
  }
  return [...result.stdout.matchAll(/│ (\S+\.sql)\s*│ ✅/g)].map((row) => row[1] ?? "");
}

/** Does the same, but asks wrangler, which takes its time, only when the folder does not say that it was done. */
export async function ensureLocalSchema(stateDir: string): Promise<void> {
  // Beside the database, so that whoever deletes that deletes this too.
  const note = join(stateDir, "v3", "d1", "applied-migrations");
  const schema = schemaHash();
  if (existsSync(note) && readFileSync(note, "utf8") === schema) return;
  await applyLocalMigrations(stateDir);
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, schema);
}

/** Of the migrations, and of the configuration, which says in which database they are. */
export function schemaHash(): string {
  const migrations = join(projectDir, "migrations", "d1");
  const files = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
  const hash = createHash("sha256").update(readFileSync(join(projectDir, "wrangler.toml")));
  for (const name of files.toSorted()) hash.update(name).update(readFileSync(join(migrations, name)));
  return hash.digest("hex");
}
