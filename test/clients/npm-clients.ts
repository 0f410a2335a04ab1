// The third-party clients of npm/, which are no dependencies of the project: they are large, and only tests use them. With
// CI set the set-up installs them; otherwise tests that need them are skipped and name the command.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const npmClientsDir = join(import.meta.dirname, "npm");
/** Scripts of packages are not run: aws-crt comes with its binaries. */
export const npmInstallArgs = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** Whether each is there in the version that is asked for. */
export function areNpmClientsInstalled(): boolean {
  const { dependencies } = readJson<{ dependencies: Record<string, string> }>("package.json");
  return Object.entries(dependencies).every(([name, version]) => {
    const file = join("node_modules", name, "package.json");
    return existsSync(join(npmClientsDir, file)) && readJson<{ version: string }>(file).version === version;
  });
}

/** For `describe.skipIf`, as `skipWithout` of Debian's packages. */
export function skipWithoutNpmClients(): { skip: boolean; why: string } {
  const skip = !process.env.CI && !areNpmClientsInstalled();
  return { skip, why: skip ? " (to run: npm ci --ignore-scripts --prefix test/clients/npm)" : "" };
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(npmClientsDir, file), "utf8")) as T;
}
