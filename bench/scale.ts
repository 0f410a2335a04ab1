// Ten thousand clients in one hub, and ten thousand hubs with one client each: they connect, exchange a message each, sit
// idle, and exchange again. What fails is counted.
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type Case, caseNotRun, caseOf, type CasePlan } from "./cases.ts";
import { Answers, type Client, type ClientPlan } from "./load/client.ts";
import { publishFrames } from "./load/frames.ts";
import { puback, publish } from "./load/load-socket.ts";
import { nextUsers } from "./measure.ts";
import { connectAll, countOf, errorText, memoryOf } from "./population.ts";
import { type Homeport, startHomeport } from "./servers/homeport.ts";

const clients = 10_000;
/** workerd opens two files for a socket; what it has open besides is less than this. */
const filesPerSocket = 2;
const otherFiles = 100;
const idleMs = 30_000;
const exchangeWithinMs = 120_000;
/** A hub lets a hundred sockets wait for their CONNECT. */
const atOnceInOneHub = 50;
const atOnce = 500;
/** Hubs of one process: each has some files open, and a process of most systems may not open more than 20,000. */
const hubsPerProcess = 2500;

const traffic = { qos: 1, packetsPerFrame: 1 } as const;

type Setting = "10,000 clients in one hub" | "10,000 hubs with one client each";
const settings: Setting[] = ["10,000 clients in one hub", "10,000 hubs with one client each"];

function plansOf(setting: Setting) {
  const name = (what: string): string => `scale, ${setting}: ${what}`;
  return {
    connected: { name: name("connected"), target: { atLeast: clients } },
    errors: { name: name("errors"), target: { atMost: 0 } },
    connect: { name: name("time to connect"), unit: "s" },
    exchange: { name: name("time to exchange a message each, all at once"), unit: "s" },
    again: { name: name("the same after being idle"), unit: "s" },
    awake: { name: name("memory per client after the exchange"), unit: "KB" },
    idle: { name: name("memory per client after being idle"), unit: "KB" },
  } satisfies Record<string, CasePlan>;
}

export function scaleNotRun(reason: string): Case[] {
  return settings.flatMap((setting) => Object.values(plansOf(setting)).map((plan) => caseNotRun(plan, reason)));
}

export async function measureScale(folderFor: (name: string) => string, module: string): Promise<Case[]> {
  const one = await startHomeport(folderFor("scale-one"), module);
  const cases = await measureSetting(settings[0]!, [one], atOnceInOneHub);
  const many: Homeport[] = [];
  for (let i = 0; i < clients / hubsPerProcess; i++) many.push(await startHomeport(folderFor(`scale-${i}`), module));
  return [...cases, ...(await measureSetting(settings[1]!, many, atOnce))];
}

async function measureSetting(setting: Setting, servers: Homeport[], width: number): Promise<Case[]> {
  const room = Math.floor((openFilesAllowed() - otherFiles) / filesPerSocket) * servers.length;
  if (room < clients)
    console.log(`scale, ${setting}: ${room} only, for a process may open ${openFilesAllowed()} files`);
  const userIndexes = nextUsers(Math.min(clients, room));
  if (setting === "10,000 clients in one hub") await servers[0]!.shareHub(userIndexes);
  const place = { role: "device", index: 0, subscribes: true, clean: true, traffic } as const;
  const plans: ClientPlan[] = userIndexes.map((userIndex) => ({ userIndex, ...place }));
  const serverOf = ({ userIndex }: ClientPlan) => servers[userIndex % servers.length]!.direct;
  const memory = (): number => servers.reduce((sum, { direct }) => sum + memoryOf(direct.process.pid), 0);

  const before = memory();
  const arrival = await connectAll(serverOf, plans, width);
  console.log(`scale, ${setting}: ${arrival.clients.length} connected after ${(arrival.ms / 1000).toFixed(1)} s`);
  let lost = 0;
  for (const { socket } of arrival.clients) socket.onClose = () => lost++;
  const exchange = await exchangeAll(arrival.clients);
  const awake = memory();
  await delay(idleMs);
  const idle = memory();
  const again = await exchangeAll(arrival.clients);
  const failed = countOf(arrival.errors) + lost + exchange.unanswered + again.unanswered;
  if (failed > 0) {
    console.log(`scale, ${setting}: ${errorText(arrival.errors)}; ${lost} connections lost;
      ${exchange.unanswered} and ${again.unanswered} messages without answer`);
  }
  for (const { socket } of arrival.clients) socket.destroy();
  for (const { direct } of servers) await direct.process.kill();

  const cases = plansOf(setting);
  const perClient = (bytes: number): number => (bytes - before) / 1024 / userIndexes.length;
  return [
    caseOf(cases.connected, arrival.clients.length),
    caseOf(cases.errors, failed),
    caseOf(cases.connect, arrival.ms / 1000),
    caseOf(cases.exchange, exchange.ms / 1000),
    caseOf(cases.again, again.ms / 1000),
    caseOf(cases.awake, perClient(awake)),
    caseOf(cases.idle, perClient(idle)),
  ];
}

/** The limit that this process hands down to the servers. */
function openFilesAllowed(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
  return limit === undefined ? Infinity : Number(limit);
}

/** Everybody publishes at QoS 1 what it has subscribed to itself, and waits for both, the message and the acknowledgement. */
async function exchangeAll(all: Client[]): Promise<{ ms: number; unanswered: number }> {
  const startedAt = performance.now();
  let answered = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, exchangeWithinMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    for (const { socket, userIndex } of all) {
      let missing = 2;
      const answers = new Answers(socket);
      socket.onPacket = (type, bytes, body) => {
        if (type === publish) answers.add(puback << 4, bytes, body + 2 + bytes.readUInt16BE(body));
        if ((type === publish || type === puback) && --missing === 0 && ++answered === all.length) done();
      };
      socket.onFrame = () => answers.send();
      socket.write(publishFrames(userIndex, traffic, 1)[0]!);
    }
  });
  return { ms: performance.now() - startedAt, unanswered: all.length - answered };
}
