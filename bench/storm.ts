// 5,000 clients come back at once after their server was killed, each to its own session; and what such clients cost in
// memory while they are idle. The bare relay beside it accepts sockets and reads a row of each client.
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../tools/failure.ts";
import { type Case, caseNotRun, caseOf, type CasePlan } from "./cases.ts";
import type { ClientPlan } from "./load/client.ts";
import { nextUsers } from "./measure.ts";
import { type Arrival, connectAll, errorText, memoryOf } from "./population.ts";
import { startBareRelay } from "./servers/bare-relay.ts";
import { startHomeport } from "./servers/homeport.ts";
import type { Server } from "./servers/server.ts";
import { spreadOf } from "./statistics.ts";
import { untilAsleepMs } from "./wake-up.ts";
import { label } from "./workloads.ts";

/** A device and an app each. */
const users = 2500;
const clients = users * 2;
/** Connected before memory is first read: what a server takes for itself is there then. */
const usersBefore = 100;
/** Fewer than a listening socket's queue holds, so that no SYN is dropped, which would cost its client a second. */
const atOnce = 1000;
const traffic = { qos: 1, packetsPerFrame: 1, toSessions: true } as const;

const storm = `connect storm, ${clients} clients after a kill`;
const plans = {
  ratio: { name: `${storm}: time until all are back / bare relay`, target: { atMost: 2 } },
  resumed: { name: `${storm}: sessions resumed, of each storm`, target: { atLeast: clients } },
  hub: { name: `${storm}: time until all are back`, unit: "s" },
  relay: { name: `${storm}: bare relay: time until all are back`, unit: "s" },
  hubFirst: { name: `${storm}: first connection, to new hubs`, unit: "s" },
  relayFirst: { name: `${storm}: bare relay: first connection, to new objects`, unit: "s" },
  hubAwake: { name: "memory per idle connected client, awake", unit: "KB" },
  hubAsleep: { name: "memory per idle connected client, asleep", unit: "KB" },
  relayAwake: { name: "memory per idle connected client, bare relay, awake", unit: "KB" },
  relayAsleep: { name: "memory per idle connected client, bare relay, asleep", unit: "KB" },
} satisfies Record<string, CasePlan>;

export function stormNotRun(reason: string): Case[] {
  return Object.values(plans).map((plan) => caseNotRun(plan, reason));
}

interface Population {
  server: Server;
  plans: ClientPlan[];
  present: Arrival;
  /** KB a client. */
  awake: number;
  asleep: number;
  backMs: number[];
  resumed: number[];
}

export async function measureStorm(
  folderFor: (name: string) => string,
  { module, isLong }: { module: string; isLong: boolean },
): Promise<Case[]> {
  const homeport = await startHomeport(folderFor("storm-homeport"), module);
  const relay = await startBareRelay(folderFor("storm-relay"));
  const hub = await settle(homeport.direct);
  const bare = await settle(relay);
  const first = { hub: hub.present.ms, bare: bare.present.ms };
  await delay(untilAsleepMs);
  for (const each of [hub, bare]) each.asleep += memoryOf(each.server.process.pid) / 1024 / clientsAfter;
  for (let round = 0; round < (isLong ? 5 : 3); round++) for (const each of [hub, bare]) await killAndReturn(each);
  for (const { server, present } of [hub, bare]) {
    for (const { socket } of present.clients) socket.destroy();
    await server.process.kill();
  }
  const seconds = (ms: number): number => ms / 1000;
  return [
    caseOf(plans.ratio, spreadOf(hub.backMs.map((ms, round) => ms / bare.backMs[round]!))),
    caseOf(plans.resumed, Math.min(...hub.resumed)),
    caseOf(plans.hub, spreadOf(hub.backMs.map(seconds))),
    caseOf(plans.relay, spreadOf(bare.backMs.map(seconds))),
    caseOf(plans.hubFirst, seconds(first.hub)),
    caseOf(plans.relayFirst, seconds(first.bare)),
    caseOf(plans.hubAwake, hub.awake),
    caseOf(plans.hubAsleep, hub.asleep),
    caseOf(plans.relayAwake, bare.awake),
    caseOf(plans.relayAsleep, bare.asleep),
  ];
}

const clientsAfter = clients - usersBefore * 2;

/** Connects everybody for the first time. `asleep` begins as what the server takes for itself, less. */
async function settle(server: Server): Promise<Population> {
  const all = nextUsers(users).flatMap((userIndex) =>
    (["device", "app"] as const).map((role) => ({
      userIndex,
      role,
      index: 0,
      subscribes: role === "app",
      clean: false,
      traffic,
    })),
  );
  const early = await connectAll(() => server, all.slice(0, usersBefore * 2), atOnce);
  await delay(500);
  const before = memoryOf(server.process.pid);
  const late = await connectAll(() => server, all.slice(usersBefore * 2), atOnce);
  await delay(500);
  const present = { ...late, clients: [...early.clients, ...late.clients] };
  if (present.clients.length < clients) {
    throw new Failure(`${present.clients.length} of ${clients} clients connected. ${errorText(late.errors)}`);
  }
  const perClient = (bytes: number): number => bytes / 1024 / clientsAfter;
  const awake = perClient(memoryOf(server.process.pid) - before);
  return { server, plans: all, present, awake, asleep: -perClient(before), backMs: [], resumed: [] };
}

/** From the kill until the last client is back. */
async function killAndReturn(population: Population): Promise<void> {
  const { server, plans: all, present } = population;
  const startedAt = performance.now();
  await server.process.kill();
  for (const { socket } of present.clients) socket.destroy();
  await server.process.restart();
  const listeningMs = performance.now() - startedAt;
  population.present = await connectAll(() => server, all, atOnce);
  const { clients: back, resumed, ms, errors } = population.present;
  population.backMs.push(listeningMs + ms);
  population.resumed.push(resumed);
  const name = server.name === label.hub ? label.hub : label.baseline;
  const seconds = ((listeningMs + ms) / 1000).toFixed(2);
  const failed = errors.size > 0 ? `, turned away first: ${errorText(errors)}` : "";
  console.log(
    `storm, ${name}: ${back.length} of ${all.length} back after ${seconds} s, ${resumed} sessions resumed${failed}`,
  );
}
