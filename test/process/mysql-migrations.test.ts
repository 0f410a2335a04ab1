// Migrations of MySQL, applied through the driver to a real MariaDB: once each, and to the end after a run that broke off.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@planetscale/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyMysqlMigrations } from "../../tools/mysql-database.ts";
import { mariaDbServer, skipWithout } from "../support/debian-packages.ts";
import { MariaDb } from "../support/mariadb.ts";
import { MysqlBridge } from "../support/mysql-bridge.ts";
import { npmRun, outcome } from "./npm-run.ts";

const { skip, why } = skipWithout(mariaDbServer);

describe.skipIf(skip)(`migrations of MySQL${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "homeport-migrations-"));
  let mariaDb: MariaDb;
  let bridge: MysqlBridge;
  beforeAll(async () => {
    mariaDb = await MariaDb.start(folder, "only-for-tests");
    bridge = await MysqlBridge.start(mariaDb.access);
  });
  afterAll(async () => {
    await bridge?.stop();
    await mariaDb?.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("are applied by `npm run migrate`, which prints no password, and only once", async () => {
    const first = await outcome(npmRun("migrate", [], { DATABASE_URL: bridge.url }));
    expect(first.output).toContain("Applied to DATABASE_URL: 0000_initial.sql");
    expect(first.exitCode).toBe(0);
    const second = await outcome(npmRun("migrate", [], { DATABASE_URL: bridge.url }));
    expect(second.output).toContain("Nothing to apply to DATABASE_URL.");
    expect(first.output + second.output).not.toContain("only-for-tests");
  });

  it("go on where a run broke off, even between a statement and its record", async () => {
    const client = new Client({ url: bridge.url });
    const { rows } = await client.execute<{ name: string }>(
      "select name from homeport_migrations where name like '%statement%'",
    );
    const last =
      rows
        .map(({ name }) => name)
        .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
        .at(-1) ?? "";
    const file = last.replace(/ statement .*/, "");
    await client.execute("delete from homeport_migrations where name in (?, ?)", [file, last]);
    expect(await applyMysqlMigrations(bridge.url)).toEqual([file]);
    expect(await applyMysqlMigrations(bridge.url)).toEqual([]);
  });

  it("fail with a sentence when there is no database, or no address of one", async () => {
    const { output, exitCode } = await outcome(npmRun("migrate", [], { DATABASE_URL: "http://a:secret@127.0.0.1:1" }));
    expect(output).toContain("The migrations could not be applied to DATABASE_URL.");
    expect(output).not.toContain("secret");
    expect(exitCode).not.toBe(0);
    await expect(applyMysqlMigrations("postgres://a:b@host")).rejects.toThrow("DATABASE_URL must be mysql://");
  });
});
