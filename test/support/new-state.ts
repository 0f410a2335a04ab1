// State folders for the servers of tests: each is a copy of one whose database has the newest schema, which is made once.
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureLocalSchema, schemaHash } from "../../tools/local-database.ts";
import { projectDir } from "../../tools/wrangler.ts";

/** Not in the folder for temporary files, which may be cleared between two tests. */
const cacheDir = join(projectDir, "node_modules", ".cache", "homeport");

/** A folder as `npm start` leaves one before the server starts for the first time. The caller removes it. */
export async function newStateDir(): Promise<string> {
  const pattern = join(cacheDir, `state-${schemaHash()}`);
  if (!existsSync(pattern)) await makePattern(pattern);
  const stateDir = mkdtempSync(join(tmpdir(), "homeport-state-"));
  cpSync(pattern, stateDir, { recursive: true });
  return stateDir;
}

/** Another process may make the same: whoever is ready first gives it its name. */
async function makePattern(pattern: string): Promise<void> {
  mkdirSync(cacheDir, { recursive: true });
  const own = mkdtempSync(join(cacheDir, "unfinished-"));
  try {
    await ensureLocalSchema(own);
    renameSync(own, pattern);
  } catch (error) {
    if (!existsSync(pattern)) throw error;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
