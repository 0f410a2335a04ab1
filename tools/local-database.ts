// The schema of the D1 database in a state folder.
import { mkdirSync } from "node:fs";
import { Failure } from "./failure.ts";
import { offlineEnv, runWrangler } from "./wrangler.ts";

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
