// What the benchmark runs: the Worker exactly as `wrangler deploy` would upload it, and the small Workers of bench/ with
// their types taken off.
import { readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename, join } from "node:path";
import { Failure } from "../tools/failure.ts";
import { offlineEnv, projectDir, runWrangler } from "../tools/wrangler.ts";

/** Builds the Worker into `folder`; returns the path of its only module. Readable: with the names of its functions. */
export async function buildWorker(folder: string, { readable = false } = {}): Promise<string> {
  const outdir = join(folder, "worker");
  const minify = readable ? ["--minify=false"] : [];
  const { exitCode, stdout, stderr } = await runWrangler(["deploy", "--dry-run", "--outdir", outdir, ...minify], {
    env: offlineEnv(folder),
  });
  if (exitCode !== 0) throw new Failure(`The Worker could not be built.\n${stdout}${stderr}`);
  return join(outdir, "index.js");
}

/** A Worker of bench/ that imports nothing of the project, as JavaScript in `folder`. */
export function stripWorker(folder: string, source: string): string {
  const path = join(folder, basename(source).replace(/\.ts$/, ".js"));
  writeFileSync(path, stripTypeScriptTypes(readFileSync(source, "utf8")));
  return path;
}

/** A value that wrangler.toml sets at the top level, as written. */
export function wranglerSetting(name: string): string {
  const toml = readFileSync(join(projectDir, "wrangler.toml"), "utf8");
  const value = new RegExp(`^${name} = (.+)$`, "m").exec(toml)?.[1];
  if (value === undefined) throw new Failure(`wrangler.toml has no ${name}.`);
  return value;
}
