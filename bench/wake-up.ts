// How long a hub takes to wake: from a device's frame until the user's app has it, for hubs that slept less the same again
// at once.
import { setTimeout as delay } from "node:timers/promises";
import { type Case, caseNotRun, caseOf, type CasePlan } from "./cases.ts";
import { connectUsers } from "./measure.ts";
import type { LoadUser } from "./load/user.ts";
import type { Server } from "./servers/server.ts";
import { spreadOf } from "./statistics.ts";
import { label, sleepers } from "./workloads.ts";

/** workerd lets an object hibernate after ten seconds without an event. */
export const untilAsleepMs = 13_000;

function planOf(name: string): CasePlan {
  return { name: `wake-up, ${name}: added to a message by a hub that slept`, unit: "ms" };
}

export function wakeUpNotRun(reason: string): Case[] {
  return [label.hub, label.baseline].map((name) => caseNotRun(planOf(name), reason));
}

/** Lets the hubs of all servers sleep at the same time, and wakes them one by one. */
export async function measureWakeUp(servers: Server[]): Promise<Case[]> {
  const running: { name: string; users: LoadUser[]; addedMs: number[] }[] = [];
  for (const server of servers) {
    running.push({ name: server.name, users: await connectUsers(server, sleepers), addedMs: [] });
  }
  for (const { users } of running) for (const user of users) await timeOf(user);
  await delay(untilAsleepMs);
  for (let i = 0; i < sleepers.users; i++) {
    for (const { users, addedMs } of running) addedMs.push((await timeOf(users[i]!)) - (await timeOf(users[i]!)));
  }
  for (const { users } of running) for (const user of users) user.close();
  return running.map(({ name, addedMs }) => caseOf(planOf(name), spreadOf(addedMs)));
}

async function timeOf(user: LoadUser): Promise<number> {
  const startedAt = performance.now();
  await user.sendOne();
  return performance.now() - startedAt;
}
