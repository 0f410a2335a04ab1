// A private MariaDB: a child process on a loopback port, its data in one folder. It can be stopped and started again on the
// same data and port, as an outage would have it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../../tools/failure.ts";
import { findFreePort } from "../../tools/ports.ts";

const serverPath = "/usr/sbin/mariadbd";
const startTimeoutMs = 30_000;

export interface MysqlAccess {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export class MariaDb {
  readonly access: MysqlAccess;
  readonly #dataDir: string;
  #server: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();

  private constructor(dataDir: string, access: MysqlAccess) {
    this.#dataDir = dataDir;
    this.access = access;
  }

  static isInstalled(): boolean {
    return existsSync(serverPath);
  }

  /** Makes the data in `folder` if there is none; `password` is the only way in. */
  static async start(folder: string, password: string): Promise<MariaDb> {
    const dataDir = join(folder, "data");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    if (!existsSync(join(dataDir, "mysql"))) {
      const options = ["--no-defaults", `--datadir=${dataDir}`, "--auth-root-authentication-method=normal"];
      execFileSync("mariadb-install-db", [...options, "--skip-test-db", ...asRoot()], { stdio: "pipe" });
    }
    const name = "homeport";
    // Read by the server at every start. One statement a line.
    writeFileSync(
      join(folder, "init.sql"),
      [
        `CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;`,
        `CREATE OR REPLACE USER ${name}@'127.0.0.1' IDENTIFIED BY '${password}';`,
        `GRANT ALL ON ${name}.* TO ${name}@'127.0.0.1';`,
        `ALTER USER root@localhost IDENTIFIED BY '${password}';`,
        "",
      ].join("\n"),
      { mode: 0o600 },
    );
    const port = await findFreePort();
    const mariaDb = new MariaDb(dataDir, { host: "127.0.0.1", port, user: name, password, database: name });
    await mariaDb.start();
    return mariaDb;
  }

  async start(): Promise<void> {
    const server = spawn(
      serverPath,
      [
        "--no-defaults",
        `--datadir=${this.#dataDir}`,
        "--socket=server.sock", // in the data, under a name that is short wherever that is
        `--port=${this.access.port}`,
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--innodb-buffer-pool-size=64M",
        `--init-file=${join(this.#dataDir, "..", "init.sql")}`,
        ...asRoot(),
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let said = "";
    server.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
    const killNow = (): void => void server.kill("SIGKILL");
    process.once("exit", killNow);
    let hasEnded = false;
    this.#ended = new Promise((resolve) => {
      server.once("exit", () => {
        hasEnded = true;
        process.off("exit", killNow);
        resolve();
      });
    });
    this.#server = server;
    const deadline = performance.now() + startTimeoutMs;
    while (!(await this.#answers())) {
      if (hasEnded || performance.now() > deadline) {
        await this.stop();
        throw new Failure(`MariaDB did not start on ${this.#dataDir}.\n${said}`);
      }
      await delay(50);
    }
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#server?.kill(signal);
    await this.#ended;
  }

  async #answers(): Promise<boolean> {
    try {
      const connection = await createConnection({ ...this.access, connectTimeout: 2000 });
      await connection.query("SELECT 1");
      await connection.end();
      return true;
    } catch {
      return false;
    }
  }
}

/** The server refuses to run as root unless told to. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ["--user=root"] : [];
}
