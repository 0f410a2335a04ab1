// Starts a MariaDB with the bridge in front for the MySQL project, and ends both. Without MariaDB the project's tests are
// skipped; with `CI` set that is a failure.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { applyMysqlMigrations } from "../../tools/mysql-database.ts";
import { mariaDbServer, missingPackages } from "./debian-packages.ts";
import { MariaDb } from "./mariadb.ts";
import { MysqlBridge } from "./mysql-bridge.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
    downDatabaseUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (missingPackages([mariaDbServer]).length > 0) {
    if (process.env.CI) throw new Error("CI is set, but MariaDB is not installed: sudo apt-get install mariadb-server");
    project.provide("databaseUrl", "");
    project.provide("downDatabaseUrl", "");
    return async () => {};
  }
  const folder = mkdtempSync(join(tmpdir(), "homeport-mysql-"));
  const mariaDb = await MariaDb.start(folder, "only-for-tests");
  const bridge = await MysqlBridge.start(mariaDb.access);
  const down = await MysqlBridge.start({ ...mariaDb.access, port: 1 });
  await applyMysqlMigrations(bridge.url);
  project.provide("databaseUrl", bridge.url);
  project.provide("downDatabaseUrl", down.url);
  return async () => {
    await Promise.all([bridge.stop(), down.stop()]);
    await mariaDb.stop("SIGKILL"); // nobody needs the data
    rmSync(folder, { recursive: true, force: true });
  };
}
