// Runs the load: every contender in turn, round after round, so that whatever else the machine does falls on all alike.
import { setTimeout as delay } from "node:timers/promises";
import { type Times, timesOf } from "./cores.ts";
import { LoadUser } from "./load/user.ts";
import type { Server } from "./servers/server.ts";
import type { Workload } from "./workloads.ts";

/** A server under a load; those measured together are told apart by their labels. */
export interface Contender {
  label: string;
  server: Server;
  workload: Workload;
}

/** What one contender did in one round. */
export interface Sample {
  messagesPerSecond: number;
  /** CPU time of the server for one message, µs. */
  cpuPerMessage: number;
  /** The share of the time in which the server or the load was ready to run and a neighbour had its core. */
  disturbed: number;
}

/** By label: a sample for each round, in the order of the rounds. */
export type Samples = Map<string, Sample[]>;

export interface Pace {
  rounds: number;
  roundMs: number;
  warmUpMs: number;
}

/** Frames that each device keeps under way: enough that the server never waits for the load. */
const window = 2;

export async function measure(contenders: Contender[], pace: Pace): Promise<Samples> {
  const running: { label: string; server: Server; users: LoadUser[] }[] = [];
  for (const { label, server, workload } of contenders) {
    running.push({ label, server, users: await connectUsers(server, workload) });
  }
  const samples: Samples = new Map(contenders.map(({ label }) => [label, []]));
  // The first round is for the compilers alone.
  for (let round = -1; round < pace.rounds; round++) {
    for (let turn = 0; turn < running.length; turn++) {
      const { label, server, users } = running[(turn + round + 1) % running.length]!;
      const sample = await measureRound(server, users, pace);
      if (round >= 0) samples.get(label)?.push(sample);
    }
  }
  for (const { users } of running) for (const user of users) user.close();
  return samples;
}

/** No user is ever used twice. */
let usersSoFar = 0;

export async function connectUsers(server: Server, workload: Workload): Promise<LoadUser[]> {
  const plans = Array.from({ length: workload.users }, () => ({ ...workload, userIndex: usersSoFar++, window }));
  return Promise.all(plans.map((plan) => LoadUser.connect(server, plan)));
}

async function measureRound(server: Server, users: LoadUser[], { roundMs, warmUpMs }: Pace): Promise<Sample> {
  for (const user of users) user.start();
  await delay(warmUpMs);
  const before = readings(server, users);
  await delay(roundMs);
  const after = readings(server, users);
  await Promise.all(users.map((user) => user.finish()));
  const messages = after.done - before.done;
  const micros = 1000 * (after.atMs - before.atMs);
  const waiting = Math.max(after.server.waiting - before.server.waiting, after.load.waiting - before.load.waiting);
  return {
    messagesPerSecond: (1e6 * messages) / micros,
    cpuPerMessage: (after.server.cpu - before.server.cpu) / messages,
    disturbed: waiting / micros,
  };
}

function readings(server: Server, users: LoadUser[]): { atMs: number; server: Times; load: Times; done: number } {
  const done = users.reduce((sum, user) => sum + user.done, 0);
  return { atMs: performance.now(), server: timesOf(server.pid), load: timesOf(process.pid), done };
}
