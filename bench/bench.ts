// `npm run bench`: builds the Worker, runs it on workerd beside a bare relay and the brokers that are installed, and prints
// what it costs against them. `--long` measures longer, `--only TEXT` some workloads, `--json FILE` writes the cases.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runTool } from "../tools/failure.ts";
import { buildWorker } from "./build.ts";
import { checkMachine, moveToLoadCore } from "./cores.ts";
import { type Contender, measure, type Pace } from "./measure.ts";
import { baseline, type Case, caseTable, casesOf, casesOfWakeUp, jsonOf } from "./report.ts";
import { unbatchedBaseline, workloadTable } from "./report.ts";
import { startBareRelay } from "./servers/bare-relay.ts";
import { startHomeport } from "./servers/homeport.ts";
import { startAedes, startMosquitto } from "./servers/peers.ts";
import type { Server } from "./servers/server.ts";
import { measureWakeUp } from "./wake-up.ts";
import { type Workload, workload, workloads } from "./workloads.ts";

const shortPace: Pace = { rounds: 12, roundMs: 150, warmUpMs: 30 };
const longPace: Pace = { rounds: 40, roundMs: 300, warmUpMs: 50 };

await runTool(async () => {
  const { values } = parseArgs({
    options: { long: { type: "boolean" }, only: { type: "string" }, json: { type: "string" } },
  });
  checkMachine();
  const folder = mkdtempSync(join(tmpdir(), "homeport-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Servers are ended when this process exits, which an unhandled signal would prevent.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
  const servers: Server[] = [];
  try {
    const module = await buildWorker(folder);
    moveToLoadCore();
    await startServers(folder, module, servers);
    const cases = await runAll(servers, values.long ? longPace : shortPace, values.only ?? "");
    console.log(`\n${caseTable(cases)}`);
    if (values.json) writeFileSync(resolve(process.env.INIT_CWD ?? ".", values.json), jsonOf(cases));
  } finally {
    for (const server of servers) await server.stop();
  }
});

/** Adds each server to the list as soon as it runs, so that it is stopped if the next one fails. */
async function startServers(folder: string, module: string, servers: Server[]): Promise<void> {
  const own = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  };
  servers.push(await startHomeport(own("homeport"), module));
  servers.push(await startBareRelay(own("bare-relay")));
  for (const [name, peer] of [
    ["mosquitto", await startMosquitto(own("mosquitto"))],
    ["aedes", await startAedes()],
  ] as const) {
    if (peer) servers.push(peer);
    else console.log(`${name} is not installed: left out.`);
  }
}

async function runAll(servers: Server[], pace: Pace, only: string): Promise<Case[]> {
  const cases: Case[] = [];
  for (const each of workloads.filter(({ name }) => name.includes(only))) {
    const samples = await measure(contendersOf(servers, each), pace);
    console.log(`\n${workloadTable(each, samples)}`);
    cases.push(...casesOf(each, samples));
  }
  if (!"wake-up".includes(only)) return cases;
  const hubs = servers.slice(0, 2);
  return [...cases, ...casesOfWakeUp(await measureWakeUp(hubs))];
}

/** All servers; where a frame holds many packets of QoS 0, the bare relay with one a frame as well. */
function contendersOf(servers: Server[], each: Workload): Contender[] {
  const contenders = servers.map((server) => ({ label: server.name, server, workload: each }));
  const relay = servers.find(({ name }) => name === baseline);
  if (each.packetsPerFrame > 1 && each.qos === 0 && relay) {
    contenders.push({ label: unbatchedBaseline, server: relay, workload: workload({ ...each, packetsPerFrame: 1 }) });
  }
  return contenders;
}
