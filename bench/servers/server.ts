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
  qos: 0 | 1;
  packetsPerFrame: number;
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
  pid: number;
  door(place: ClientPlace, traffic: Traffic): Promise<Door>;
  stop(): Promise<void>;
}

const startWithinMs = 20_000;

/** Starts a command on the servers' core and waits until it listens. */
export async function startProcess(
  command: string,
  args: string[],
  port: number,
): Promise<{ pid: number; stop(): Promise<void> }> {
  const [pinned, pinnedArgs] = onServerCore(command, args);
  const child = spawn(pinned, pinnedArgs, { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-4000)));
  const killNow = (): unknown => child.kill("SIGKILL");
  process.once("exit", killNow);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    killNow();
    await ended;
    process.off("exit", killNow);
  };
  if (!(await listens(port, child))) {
    await stop();
    throw new Failure(`${command} did not start to listen on port ${port}.\n${output}`);
  }
  return { pid: child.pid as number, stop };
}

async function listens(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + startWithinMs;
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await accepts(port)) return true;
    await delay(50);
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
