// A control plane on this machine: workerd with D1 (or a MySQL), KV, R2 and Durable Objects, all other state in one folder. Used by
// `npm start`, the demo and the tests; owns the process group it starts, and nothing else.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "./failure.ts";
import { ensureLocalSchema } from "./local-database.ts";
import { ensureLocalSecrets } from "./local-secrets.ts";
import { writeMysqlConfig } from "./local-config.ts";
import { applyMysqlMigrations } from "./mysql-database.ts";
import { isPortFree } from "./ports.ts";
import { readableOutput } from "./server-output.ts";
import { offlineEnv, projectDir, wranglerCommand } from "./wrangler.ts";

export interface ControlPlaneOptions {
  host?: string;
  port: number;
  stateDir: string;
  /** DATABASE_URL of a MySQL to use instead of the D1 in the state folder. */
  databaseUrl?: string;
  /** Of the configuration, besides or instead of those of wrangler.toml. */
  variables?: Record<string, string>;
  /** Where the Worker's own output goes once it runs; nowhere unless given. What comes earlier is shown if the start fails. */
  onOutput?: (text: string) => void;
}

export interface ControlPlane {
  url: string;
  /** Settles when the server has ended, whoever ended it. */
  ended: Promise<void>;
  /** Ends the whole process group and waits until the port is free again. */
  stop(): Promise<void>;
  /** Sends a signal to the whole process group, as a crash or an impatient system would, and waits like `stop`. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 5000;
/** wrangler runs no crons locally; wrangler.toml asks for one every minute. */
const scheduledIntervalMs = 60_000;

/** Makes secrets and schema where they are missing, starts the server and waits until it answers. Throws a Failure. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { host = "127.0.0.1", port, stateDir, databaseUrl = "" } = options;
  if (!(await isPortFree(host, port))) throw portTaken(port);
  ensureLocalSecrets(projectDir);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  await (databaseUrl === "" ? ensureLocalSchema(stateDir) : applyMysqlMigrations(databaseUrl));

  const server = spawnServer({ ...options, host, databaseUrl });
  let early: string | null = "";
  for (const stream of [server.stdout, server.stderr]) {
    const show = readableOutput((text) => options.onOutput?.(text));
    stream?.setEncoding("utf8").on("data", (text: string) => {
      if (early === null) show(text);
      else early += text;
    });
  }
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const killGroupNow = (): void => signalGroup(server, "SIGKILL");
  process.once("exit", killGroupNow);

  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    signalGroup(server, signal);
    await Promise.race([ended, delay(stopTimeoutMs)]);
    killGroupNow(); // workerd outlives a wrangler that was killed
    await ended;
    await isPortFree(host, port, stopTimeoutMs);
    process.off("exit", killGroupNow);
  };

  const url = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  const answer = await Promise.race([waitUntilHealthy(url), ended.then(() => "The server ended before it answered.")]);
  if (answer !== null) {
    await kill("SIGTERM");
    if (early.includes("already in use")) throw portTaken(port);
    throw new Failure(`${answer}\n${early}`);
  }
  early = null;

  const scheduled = setInterval(() => void runScheduled(url), scheduledIntervalMs);
  scheduled.unref();
  void ended.then(() => clearInterval(scheduled));
  return { url, ended, kill, stop: () => kill("SIGTERM") };
}

function portTaken(port: number): Failure {
  return new Failure(
    `Port ${port} is taken. Stop what listens there, or choose another port: PORT=${port + 1} before the command.`,
  );
}

/** Mails go into files here, so there may be some: unless this person or this deployment names a sender. */
function localMailFrom(): string[] {
  const hasSender = [".dev.vars", "wrangler.toml"].some((name) =>
    /^\s*MAIL_FROM\s*=\s*(?!""|''|\s*$)\S/m.test(readFileSync(join(projectDir, name), "utf8")),
  );
  return hasSender ? [] : ["--var", "MAIL_FROM:Homeport <homeport@localhost>"];
}

/** In a process group of its own, so that wrangler and every workerd it starts can be ended together. */
function spawnServer({
  host,
  port,
  stateDir,
  databaseUrl,
  variables = {},
}: ControlPlaneOptions & { host: string; databaseUrl: string }): ChildProcess {
  const [command, args] = wranglerCommand(
    `dev --ip ${host} --port ${port} --inspector-port 0 --show-interactive-dev-session=false --log-level info`
      .split(" ")
      .concat("--persist-to", stateDir, ...localMailFrom(), "--var", "LOCAL_TARGETS:true")
      .concat(Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]))
      .concat(databaseUrl === "" ? [] : ["--config", writeMysqlConfig(stateDir, databaseUrl)]),
  );
  return spawn(command, args, {
    cwd: projectDir,
    env: offlineEnv(stateDir),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

function signalGroup(server: ChildProcess, signal: NodeJS.Signals): void {
  if (server.pid === undefined) return;
  try {
    process.kill(-server.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Null once the server says it is well; otherwise the sentence why it does not. */
async function waitUntilHealthy(url: string): Promise<string | null> {
  const deadline = performance.now() + startTimeoutMs;
  let last = `nothing answered at ${url}`;
  while (performance.now() < deadline) {
    try {
      const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5000) });
      const text = await response.text();
      if (response.ok) return null;
      last = `GET /healthz answered ${response.status} ${text}`;
    } catch {
      // not listening yet
    }
    await delay(50);
  }
  return `The server did not become ready within ${startTimeoutMs / 1000} s: ${last}.`;
}

async function runScheduled(url: string): Promise<void> {
  try {
    const cron = encodeURIComponent("* * * * *");
    await fetch(`${url}/cdn-cgi/handler/scheduled?cron=${cron}`, { signal: AbortSignal.timeout(30_000) });
  } catch {
    // the next minute asks again
  }
}
