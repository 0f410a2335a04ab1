// wrangler's configuration for a control plane on MySQL. wrangler hands the Worker only secrets that its configuration names, and
// DATABASE_URL is not one that every deployment has; on a command line it would be visible to everybody on the machine.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.ts";
import { projectDir } from "./wrangler.ts";

/** Writes the configuration and, readable by its owner alone, the secrets into `stateDir`; returns the configuration's path. */
export function writeMysqlConfig(stateDir: string, databaseUrl: string): string {
  if (/['\n]/.test(databaseUrl)) throw new Failure("DATABASE_URL must not contain quotes or line breaks.");
  const secrets = readFileSync(join(projectDir, ".dev.vars"), "utf8");
  writeFileSync(join(stateDir, ".dev.vars"), `${secrets.trimEnd()}\nDATABASE_URL='${databaseUrl}'\n`, { mode: 0o600 });
  const toml = readFileSync(join(projectDir, "wrangler.toml"), "utf8")
    .replace(
      // What stands in quotes before the equals sign is a module's alias.
      /^(main|migrations_dir|directory|watch_dir|"[^"]+") = "(?!\/)(.*)"$/gm,
      (_, key, path) => `${key} = "${join(projectDir, path)}"`,
    )
    .replace("tools/web-build.ts", join(projectDir, "tools/web-build.ts"))
    .replace(/^required = \[/m, 'required = ["DATABASE_URL", ');
  const path = join(stateDir, "wrangler.toml");
  writeFileSync(path, toml);
  return path;
}
