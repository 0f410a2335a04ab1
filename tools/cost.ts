// `npm run cost`: replays workloads on the Workers runtime, counts what is billed, and prints what a month of them costs. `--json
// FILE` writes the cases. Ends with 1 when a target is missed.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { platformPrices } from "../src/domain/prices/price-list.ts";
import { monthOf } from "./cost/extrapolate.ts";
import { marker } from "./cost/marker.ts";
import { caseOf, headOf, textOf } from "./cost/report.ts";
import { type Replay, workloads } from "./cost/workloads.ts";
import { Failure, runTool } from "./failure.ts";

await runTool(async () => {
  const { values } = parseArgs({ options: { json: { type: "string" } } });
  const replays = await replayAll();
  const cases = [];
  console.log(headOf(platformPrices));
  for (const workload of workloads) {
    const replay = replays.get(workload.name);
    if (!replay) throw new Failure(`"${workload.name}" was not replayed.`);
    const month = monthOf(workload, replay, platformPrices);
    console.log(textOf(workload, replay, month, platformPrices));
    cases.push(caseOf(workload, month));
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ cases }, null, 2)}\n`);
  if (cases.some(({ met }) => !met)) throw new Failure("A target is missed.");
});

/** What the replays counted, by their names. */
async function replayAll(): Promise<Map<string, Replay>> {
  const replays = new Map<string, Replay>();
  const output: string[] = [];
  const parameters = ["node_modules/vitest/vitest.mjs", "run", "--config", "tools/cost/vitest.config.ts"];
  const child = spawn(process.execPath, parameters, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  child.stderr.on("data", (data: Buffer) => output.push(data.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    const at = line.indexOf(marker);
    if (at < 0) output.push(`${line}\n`);
    else {
      const replay = JSON.parse(line.slice(at + marker.length)) as Replay;
      replays.set(replay.name, replay);
    }
  }
  if ((await ended) !== 0) throw new Failure(`The replay failed.\n${output.join("")}`);
  return replays;
}
