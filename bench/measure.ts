// Runs the load: every contender in turn, round after round, so that whatever else the machine does falls on all alike.
import { setTimeout as delay } from "node:timers/promises";
import { timesOf } from "./cores.ts";
import { LoadUser } from "./load/user.ts";
import type { Server } from "./servers/server.ts";
import type { Workload } from "./workloads.ts";

/** A server under a load; those measured together are told apart by their labels. */
export interface Contender {
  label: string;
  server: Server;
  workload: Workload;
  /** It takes part in every so many-th round. */
  every: number;
}

/** What one contender did in one round. */
export interface Sample {
  messagesPerSecond: number;
  /** CPU time of the server for one message, µs. */
  cpuPerMessage: number;
  /** The share of the time in which the server or the load was ready to run and a neighbour had its core. */
  disturbed: number;
}

/** By label: a sample for each round, null for those a contender did not take part in, or got nothing done. */
export type Samples = Map<string, (Sample | null)[]>;

export interface Pace {
  rounds: number;
  roundMs: number;
  warmUpMs: number;
}

/** Frames that each device keeps under way: enough that the server never waits for the load. */
const window = 2;

const connectingAtOnce = 100;

export async function measure(contenders: Contender[], pace: Pace): Promise<Samples> {
  const running: (Contender & { users: LoadUser[] })[] = [];
  try {
    for (const each of contenders) running.push({ ...each, users: await connectUsers(each.server, each.workload) });
    const samples: Samples = new Map(contenders.map(({ label }) => [label, []]));
    // The first round is for the compilers alone.
    for (let round = -1; round < pace.rounds; round++) {
      // There and back: those compared are neighbours, and none is always the first of two.
      for (const { label, server, users, every } of round % 2 === 0 ? running : running.toReversed()) {
        const takesPart = round < 0 || round % every === 0;
        const sample = takesPart ? await measureRound(server, users, pace).catch(failureOf(label)) : null;
        if (round >= 0) samples.get(label)?.push(sample);
      }
    }
    return samples;
  } finally {
    for (const { users } of running) for (const user of users) user.close();
  }
}

/** Says whose round it was. */
function failureOf(label: string): (error: Error) => never {
  return (error) => {
    throw new Error(`${label}: ${error.message}`, { cause: error });
  };
}

/** No user is ever used twice. */
let usersSoFar = 0;

export function nextUsers(count: number): number[] {
  return Array.from({ length: count }, () => usersSoFar++);
}

/** Connects them, so many at a time: who waits too long for its turn is turned away. */
export async function connectUsers(server: Server, workload: Workload): Promise<LoadUser[]> {
  const users: LoadUser[] = [];
  const waiting = nextUsers(workload.users).values();
  async function next(): Promise<void> {
    for (const userIndex of waiting) users.push(await LoadUser.connect(server, { ...workload, userIndex, window }));
  }
  await Promise.all(Array.from({ length: connectingAtOnce }, next)).catch(failureOf(server.name));
  return users;
}

/** CPU time is read while nothing is under way, when the scheduler's count is exact. */
async function measureRound(server: Server, users: LoadUser[], { roundMs, warmUpMs }: Pace): Promise<Sample | null> {
  await run(users, warmUpMs);
  const doneBefore = doneBy(users);
  const before = { server: timesOf(server.process.pid), load: timesOf(process.pid), atMs: performance.now() };
  const { messages, micros } = await run(users, roundMs);
  const after = { server: timesOf(server.process.pid), load: timesOf(process.pid), atMs: performance.now() };
  if (messages === 0) return null;
  const waiting = Math.max(after.server.waiting - before.server.waiting, after.load.waiting - before.load.waiting);
  return {
    messagesPerSecond: (1e6 * messages) / micros,
    cpuPerMessage: (after.server.cpu - before.server.cpu) / (doneBy(users) - doneBefore),
    disturbed: waiting / (1000 * (after.atMs - before.atMs)),
  };
}

/** What was done while the load was on; settles when the rest is done too. */
async function run(users: LoadUser[], ms: number): Promise<{ messages: number; micros: number }> {
  const before = doneBy(users);
  const startedAt = performance.now();
  for (const user of users) user.start();
  await delay(ms);
  const done = { messages: doneBy(users) - before, micros: 1000 * (performance.now() - startedAt) };
  await Promise.all(users.map((user) => user.finish()));
  return done;
}

function doneBy(users: LoadUser[]): number {
  return users.reduce((sum, user) => sum + user.done, 0);
}
