// `npm run simulate -- --schedules N --seed S --processes P`: as many schedules as one likes, on all cores. Ends with 1 and the
// shrunk schedule when one fails; `--only SEED` runs one and tells every event.
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { explain, firstFailure } from "./search.ts";

const { values } = parseArgs({
  options: {
    schedules: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    processes: { type: "string", default: String(availableParallelism()) },
    only: { type: "string" },
  },
});
const schedules = whole(values.schedules);
const seed = whole(values.seed);
const processes = Math.min(whole(values.processes), schedules);
const step = 500;

if (values.only !== undefined) {
  const failure = explain(whole(values.only), console.log);
  process.exitCode = failure === null ? 0 : 1;
  console.log(failure ?? "Nothing is wrong with it.");
} else if (process.send) {
  process.on("message", ({ from, count }: { from: number; count: number }) => {
    process.send?.({ from, count, failure: firstFailure(from, count) });
  });
} else await simulate();

function whole(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${text} is not a whole number above 0.`);
}

/** Hands out portions of seeds until all are done or one fails. */
async function simulate(): Promise<void> {
  const begun = performance.now();
  let next = seed;
  let done = 0;
  let reportedAt = begun;
  const failures: string[] = [];
  const end = seed + schedules;
  const workers = Array.from({ length: processes }, () => {
    const worker = fork(fileURLToPath(import.meta.url), [], { execArgv: process.execArgv });
    const give = () => {
      if (next >= end || failures.length > 0) return worker.disconnect();
      const count = Math.min(step, end - next);
      worker.send({ from: next, count });
      next += count;
    };
    worker.on("message", ({ count, failure }: { count: number; failure: string | null }) => {
      done += count;
      if (failure !== null) failures.push(failure);
      if (performance.now() - reportedAt > 10_000) {
        reportedAt = performance.now();
        console.log(`${done} of ${schedules} schedules, ${rate()} a second`);
      }
      give();
    });
    give();
    return new Promise<void>((resolve) => {
      worker.on("exit", (code) => {
        if (code !== 0) failures.push(`A process ended with ${code}.`);
        resolve();
      });
    });
  });
  const rate = () => Math.round(done / ((performance.now() - begun) / 1000));
  await Promise.all(workers);
  for (const failure of failures) console.log(`\n${failure}`);
  if (failures.length > 0) process.exitCode = 1;
  else console.log(`${done} schedules from seed ${seed} on: nothing is wrong. ${rate()} a second.`);
}
