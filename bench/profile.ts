// Where a hub spends its time under a workload: `node bench/profile.ts "QoS 0, a message a frame, one to one, 50 users"`.
// Takes V8's samples through workerd's inspector and prints the functions by the time they take themselves. With
// `--out FILE` the profile is kept, for the browser's developer tools.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Failure, runTool } from "../tools/failure.ts";
import { findFreePort } from "../tools/ports.ts";
import { buildWorker } from "./build.ts";
import { checkMachine, moveToLoadCore } from "./cores.ts";
import { Inspector } from "./inspector.ts";
import { connectUsers } from "./measure.ts";
import { startHomeport } from "./servers/homeport.ts";
import { workloads } from "./workloads.ts";

const warmUpMs = 2000;
const profiledMs = 8000;
const samplingMicros = 100;
const shownFunctions = 40;

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; lineNumber: number }; hitCount?: number }[];
  startTime: number;
  endTime: number;
}

await runTool(async () => {
  const { values, positionals } = parseArgs({ options: { out: { type: "string" } }, allowPositionals: true });
  const workload = workloads.find(({ name }) => name === (positionals[0] ?? workloads[1]?.name));
  if (!workload) throw new Failure(`Name one of:\n${workloads.map(({ name }) => name).join("\n")}`);
  checkMachine();
  const folder = mkdtempSync(join(tmpdir(), "homeport-profile-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const module = await buildWorker(folder, { readable: true });
  moveToLoadCore();
  const inspectorPort = await findFreePort();
  const { direct } = await startHomeport(folder, module, inspectorPort);
  const users = await connectUsers(direct, workload);
  const inspector = await Inspector.open(inspectorPort);
  for (const user of users) user.start();
  await delay(warmUpMs);
  await inspector.call("Profiler.enable");
  await inspector.call("Profiler.setSamplingInterval", { interval: samplingMicros });
  await inspector.call("Profiler.start");
  const doneBefore = users.reduce((sum, { done }) => sum + done, 0);
  await delay(profiledMs);
  const messages = users.reduce((sum, { done }) => sum + done, 0) - doneBefore;
  const { profile } = (await inspector.call("Profiler.stop")) as { profile: Profile };
  if (values.out) writeFileSync(values.out, JSON.stringify(profile));
  print(profile, messages);
});

function print({ nodes, startTime, endTime }: Profile, messages: number): void {
  const byFunction = new Map<string, number>();
  let hits = 0;
  for (const { callFrame, hitCount = 0 } of nodes) {
    const name = `${callFrame.functionName || "(anonymous)"}:${callFrame.lineNumber + 1}`;
    byFunction.set(name, (byFunction.get(name) ?? 0) + hitCount);
    hits += hitCount;
  }
  const microsPerHit = (endTime - startTime) / hits / messages;
  console.log(`${messages} messages, ${((endTime - startTime) / messages).toFixed(2)} µs each\n\nµs a message, share`);
  for (const [name, count] of [...byFunction].toSorted((a, b) => b[1] - a[1]).slice(0, shownFunctions)) {
    const share = ((100 * count) / hits).toFixed(1).padStart(5);
    console.log(`${(count * microsPerHit).toFixed(3).padStart(7)} ${share} %  ${name}`);
  }
}
