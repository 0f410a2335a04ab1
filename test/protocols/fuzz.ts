// `npm run fuzz`: hostile input for the MQTT codec, a million times, in a thread of its own, so that a hang is seen and named. Fails on
// anything but MqttError, on a case that does not end, and on memory that grows.
//
//   FUZZ_RUNS=1000000  how many cases      FUZZ_SEED=1  which ones      FUZZ_CASE=7  the first of them
import { fileURLToPath } from "node:url";
import { parentPort, threadId, Worker, workerData } from "node:worker_threads";
import { emptyTally, runCase } from "./mqtt-hostile-check.ts";

interface Job {
  seed: number;
  first: number;
  runs: number;
  /** The case that is being run; the main thread looks at it. */
  progress: Int32Array;
}

/** No case takes a millisecond; one that takes this long does not end. */
const hangSeconds = 20;
/** What is left after garbage collection may grow by this much, from a tenth of the run to its end. */
const maxGrowthBytes = 4_000_000;
/** The process may at no time take this much more than before the first case: setting claimed lengths aside would. */
const maxPeakKilobytes = 100_000;

function work({ seed, first, runs, progress }: Job): void {
  const tally = emptyTally();
  const warmUp = first + Math.ceil(runs / 10);
  const peakBefore = process.resourceUsage().maxRSS;
  let heldBefore = heldBytes();
  for (let testCase = first; testCase < first + runs; testCase++) {
    Atomics.store(progress, 0, testCase);
    runCase(seed, testCase, tally);
    if (testCase === warmUp) heldBefore = heldBytes();
  }
  const grownBytes = heldBytes() - heldBefore;
  const peakKilobytes = process.resourceUsage().maxRSS - peakBefore;
  const { accepted, refused, incomplete } = tally;
  console.log(`read ${accepted}, refused ${refused}, incomplete ${incomplete}`);
  console.log(`memory kept: ${grownBytes} bytes more; peak: ${peakKilobytes} KB more`);
  if (runs < 100_000) return;
  if (grownBytes > maxGrowthBytes) throw new Error("The codec keeps memory.");
  if (peakKilobytes > maxPeakKilobytes) throw new Error("The codec takes memory in proportion to what is claimed.");
}

function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function watch(): void {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
  const first = Number(process.env.FUZZ_CASE ?? 0);
  const runs = Number(process.env.FUZZ_RUNS ?? (process.env.FUZZ_CASE === undefined ? 1_000_000 : 1));
  const progress = new Int32Array(new SharedArrayBuffer(4));
  console.log(`${runs} cases from ${first} on, FUZZ_SEED=${seed}`);
  const startedAt = Date.now();
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { seed, first, runs, progress } });

  let seen = -1;
  const watchdog = setInterval(() => {
    const testCase = Atomics.load(progress, 0);
    if (testCase === seen) {
      console.error(`FUZZ_SEED=${seed} FUZZ_CASE=${testCase} does not end.`);
      process.exit(1);
    }
    seen = testCase;
  }, hangSeconds * 1000);
  worker.on("error", (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  worker.on("exit", (code) => {
    clearInterval(watchdog);
    if (code === 0) console.log(`passed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  });
}

if (parentPort && threadId !== 0) work(workerData as Job);
else watch();
