// `npm run bench`: builds the Worker, runs it on workerd beside a bare relay and the brokers that are installed, and prints
// what it costs against them. `--long` measures longer and more, `--only TEXT` some parts, `--json FILE` writes the cases.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runTool } from "../tools/failure.ts";
import { buildWorker } from "./build.ts";
import { type Case, casesOf } from "./cases.ts";
import { checkMachine, moveToLoadCore } from "./cores.ts";
import { type Contender, measure, type Pace } from "./measure.ts";
import { caseTable, jsonOf, notRunText, workloadTable } from "./report.ts";
import { measureScale, scaleNotRun } from "./scale.ts";
import { startBareRelay } from "./servers/bare-relay.ts";
import { startHomeport } from "./servers/homeport.ts";
import { startAedes, startMosquitto } from "./servers/peers.ts";
import type { Server } from "./servers/server.ts";
import { measureStorm, stormNotRun } from "./storm.ts";
import { measureWakeUp, wakeUpNotRun } from "./wake-up.ts";
import { hasUnbatched, label, type Workload, workload, workloads } from "./workloads.ts";

const leftOut = "left out by --only";
const longOnly = "only with --long";

interface Run {
  folder: string;
  /** The built Worker. */
  module: string;
  isLong: boolean;
  only: string;
}

await runTool(async () => {
  const { values } = parseArgs({
    options: { long: { type: "boolean" }, only: { type: "string" }, json: { type: "string" } },
  });
  checkMachine();
  const folder = mkdtempSync(join(tmpdir(), "homeport-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Servers are ended when this process exits, which an unhandled signal would prevent.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
  const module = await buildWorker(folder);
  moveToLoadCore();
  const run = { folder, module, isLong: values.long ?? false, only: values.only ?? "" };
  const cases = [...(await runWorkloads(run)), ...(await runHubs(run))];
  console.log(`\n${caseTable(cases)}\n\n${notRunText(cases)}`);
  if (values.json) writeFileSync(resolve(process.env.INIT_CWD ?? ".", values.json), jsonOf(cases));
});

function folderFor(run: Run, name: string): string {
  const path = join(run.folder, name);
  mkdirSync(path);
  return path;
}

/** Everything that is the same load on all servers, and the wake-up. */
async function runWorkloads(run: Run): Promise<Case[]> {
  const chosen = workloads.filter(({ name, isLong }) => name.includes(run.only) && (run.isLong || !isLong));
  const wantsWakeUp = "wake-up".includes(run.only);
  const servers: Server[] = [];
  if (chosen.length > 0 || wantsWakeUp) {
    const homeport = await startHomeport(folderFor(run, "homeport"), run.module);
    servers.push(homeport.direct, await startBareRelay(folderFor(run, "bare-relay")), homeport.relayed);
  }
  if (chosen.length > 0) servers.push(...(await startPeers(run)));
  const cases: Case[] = [];
  for (const each of workloads) {
    if (chosen.includes(each)) cases.push(...(await runWorkload(run, each, servers)));
    else cases.push(...casesOf(each, null, each.name.includes(run.only) ? longOnly : leftOut));
  }
  cases.push(...(wantsWakeUp ? await measureWakeUp(servers.slice(0, 2)) : wakeUpNotRun(leftOut)));
  for (const server of new Set(servers.map(({ process }) => process))) await server.kill();
  return cases;
}

async function startPeers(run: Run): Promise<Server[]> {
  const peers = { mosquitto: await startMosquitto(folderFor(run, "mosquitto")), aedes: await startAedes() };
  for (const [name, peer] of Object.entries(peers)) if (!peer) console.log(`${name} is not installed: left out.`);
  return Object.values(peers).filter((peer) => peer !== null);
}

/** A workload that a server cannot carry is said to have failed; the others are measured all the same. */
async function runWorkload(run: Run, each: Workload, servers: Server[]): Promise<Case[]> {
  try {
    const samples = await measure(contendersOf(servers, each), paceOf(each, run.isLong));
    console.log(`\n${workloadTable(each, samples)}`);
    return casesOf(each, samples, "");
  } catch (error) {
    const reason = (error as Error).message.replace(/\.$/, "");
    console.log(`\n${each.name}: not measured: ${reason}.`);
    return casesOf(each, null, reason);
  }
}

/** Many short rounds; longer ones where a thousand users have to have their turn, and where the disk is waited for. */
function paceOf({ users, toAbsent }: Workload, isLong: boolean): Pace {
  const isSlow = users > 100 || toAbsent;
  const rounds = isLong ? 48 : isSlow ? 8 : 16;
  return isSlow ? { rounds, roundMs: 300, warmUpMs: 50 } : { rounds, roundMs: 120, warmUpMs: 20 };
}

/** All servers; where a frame holds many packets of QoS 0, the bare relay with one a frame as well. */
function contendersOf(servers: Server[], each: Workload): Contender[] {
  const contenders = servers.map((server) => ({
    label: server.name,
    server,
    workload: each,
    every: server.name === label.hub || server.name === label.baseline ? 1 : 2,
  }));
  const relay = servers.find(({ name }) => name === label.baseline);
  if (relay && hasUnbatched(each)) {
    const single = workload({ ...each, packetsPerFrame: 1 });
    contenders.splice(1, 0, { label: label.unbatched, server: relay, workload: single, every: 1 });
  }
  return contenders;
}

/** What is measured on servers of its own: the storm with the memory of its clients, and the scale. */
async function runHubs(run: Run): Promise<Case[]> {
  const wants = (part: string): boolean => part.includes(run.only);
  const own = (name: string): string => folderFor(run, name);
  const storm = wants("connect storm, memory") ? () => measureStorm(own, run) : null;
  const isScaleWanted = run.isLong ? wants("scale") : run.only === "scale";
  const scale = isScaleWanted ? () => measureScale(own, run.module) : null;
  return [
    ...(await orNotRun(storm, stormNotRun, leftOut)),
    ...(await orNotRun(scale, scaleNotRun, wants("scale") ? "only with --long or --only scale" : leftOut)),
  ];
}

/** The cases of a part; when it is not wanted or fails, all of them as not run. */
async function orNotRun(
  part: (() => Promise<Case[]>) | null,
  notRun: (reason: string) => Case[],
  reason: string,
): Promise<Case[]> {
  try {
    return part ? await part() : notRun(reason);
  } catch (error) {
    const why = (error as Error).message.replace(/\.$/, "");
    console.log(`\nnot measured: ${why}.`);
    return notRun(why);
  }
}
