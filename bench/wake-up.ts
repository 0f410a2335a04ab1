// How long a hub takes to wake: from a device's frame until the user's app has it, for hubs that slept and again at once.
import { setTimeout as delay } from "node:timers/promises";
import { median } from "./statistics.ts";
import { connectUsers } from "./measure.ts";
import type { LoadUser } from "./load/user.ts";
import type { Server } from "./servers/server.ts";
import { sleepers } from "./workloads.ts";

/** workerd lets an object hibernate after ten seconds without an event. */
const untilAsleepMs = 13_000;

export interface WakeUp {
  /** Medians over the users, ms. */
  asleepMs: number;
  awakeMs: number;
  /** Of each user: asleep less awake. */
  addedMs: number[];
}

/** Lets the hubs of all servers sleep at the same time, and wakes them one by one. */
export async function measureWakeUp(servers: Server[]): Promise<Map<string, WakeUp>> {
  const usersOf: [string, LoadUser[]][] = [];
  for (const server of servers) usersOf.push([server.name, await connectUsers(server, sleepers)]);
  for (const [, users] of usersOf) for (const user of users) await timeOf(user);
  await delay(untilAsleepMs);
  const asleep = new Map<string, number[]>(usersOf.map(([name]) => [name, []]));
  const awake = new Map<string, number[]>(usersOf.map(([name]) => [name, []]));
  for (let i = 0; i < sleepers.users; i++) {
    for (const [name, users] of usersOf) {
      asleep.get(name)?.push(await timeOf(users[i]!));
      awake.get(name)?.push(await timeOf(users[i]!));
    }
  }
  for (const [, users] of usersOf) for (const user of users) user.close();
  return new Map(usersOf.map(([name]) => [name, wakeUpOf(asleep.get(name)!, awake.get(name)!)]));
}

function wakeUpOf(asleep: number[], awake: number[]): WakeUp {
  return {
    asleepMs: median(asleep),
    awakeMs: median(awake),
    addedMs: asleep.map((ms, i) => ms - awake[i]!),
  };
}

async function timeOf(user: LoadUser): Promise<number> {
  const startedAt = performance.now();
  await user.sendOne();
  return performance.now() - startedAt;
}
