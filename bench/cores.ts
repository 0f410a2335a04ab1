// Where processes run and what they cost: the server on one core, the load on another, CPU time from /proc. Linux alone;
// knows nothing of servers or messages.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Failure } from "../tools/failure.ts";

const serverCore = "0";
const loadCore = "1";

/** Refuses a machine on which server and load would share a core, or on which CPU time cannot be read. */
export function checkMachine(): void {
  if (process.platform !== "linux") throw new Failure("The benchmark reads CPU time from /proc: it needs Linux.");
  if (spawnSync("taskset", ["--version"]).error) throw new Failure("The benchmark needs taskset (package util-linux).");
  if (availableParallelism() < 2)
    throw new Failure("The benchmark needs two cores: one for the server, one for the load.");
}

/** The command line that runs a command on the servers' core. */
export function onServerCore(command: string, args: string[]): [command: string, args: string[]] {
  return ["taskset", ["--cpu-list", serverCore, command, ...args]];
}

/** Moves this process, with all its threads, to the core of the load. */
export function moveToLoadCore(): void {
  const args = ["--all-tasks", "--cpu-list", "--pid", loadCore, String(process.pid)];
  execFileSync("taskset", args, { stdio: ["ignore", "ignore", "inherit"] });
}

export interface Times {
  /** CPU time used, µs. */
  cpu: number;
  /** Time spent ready to run while somebody else had the core, µs. */
  waiting: number;
}

/** What a process's threads have used so far: the scheduler's own count, since /proc/PID/stat has steps of 10 ms. */
export function timesOf(pid: number): Times {
  const times = { cpu: 0, waiting: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [run, wait] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ");
      times.cpu += Number(run) / 1000;
      times.waiting += Number(wait) / 1000;
    } catch {
      // The thread has just ended.
    }
  }
  return times;
}
