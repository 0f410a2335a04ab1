// What the benchmark needs of every server it compares, and how it runs one as a process of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { createConnection } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../../tools/failure.ts";
import { onServerCore } from "../cores.ts";

/** One of a user's clients. */
export interface ClientPlace {
  /** Unlike any other user's, also of other workloads. */
  userIndex: number;
  role: "device" | "app";
}

/** What a device sends. */
export interface Traffic {
  qos: 0 | 1 | 2;
  packetsPerFrame: number;
  /** Whether messages are for somebody who is not there. */
  toAbsent?: boolean;
  /** Whether clients come back to sessions that were kept. */
  toSessions?: boolean;
}

/** How a client reaches a server. */
export interface Door {
  path: string;
  /** CONNECT's password; null for a server that asks for no CONNECT. */
  password: string | null;
}

export interface Server {
  name: string;
  port: number;
  process: ServerProcess;
  door(place: ClientPlace, traffic: Traffic): Promise<Door>;
}

export interface ServerProcess {
  readonly pid: number;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** After `kill`: the same command again; settles when it listens. */
  restart(): Promise<void>;
}

const startWithinMs = 20_000;

/** Starts a command on the servers' core and waits until it listens. */
export async function startProcess(command: string, args: string[], port: number): Promise<ServerProcess> {
  const [pinned, pinnedArgs] = onServerCore(command, args);
  let child: ChildProcess;
  let ended: Promise<void>;
  let isKilled = false;
  const killNow = (): void => {
    isKilled = true;
    child.kill("SIGKILL");
  };
  process.once("exit", killNow);

  async function start(): Promise<void> {
    let output = "";
    isKilled = false;
    child = spawn(pinned, pinnedArgs, { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-4000)));
    ended = new Promise<void>((resolve) =>
      child.once("close", () => {
        if (!isKilled) console.error(`${command} ended by itself.\n${output}`);
        resolve();
      }),
    );
    if (await listens(port, child)) return;
    await kill();
    throw new Failure(`${command} did not start to listen on port ${port}.\n${output}`);
  }

  async function kill(): Promise<void> {
    killNow();
    await ended;
  }

  await start();
  return {
    get pid() {
      return child.pid as number;
    },
    kill,
    restart: start,
  };
}

async function listens(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + startWithinMs;
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await accepts(port)) return true;
    await delay(20);
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
