// All tests, in two runs of vitest beside each other: one computes, the other mostly waits for processes of its own. Their outputs come
// one after the other, and the sum last. What is given on the command line goes to both.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloseEvent, concurrently } from "concurrently";
import { type TestFigures, tellFigures } from "./test-summary.ts";

const computing = ["runtime", "mysql", "node"];
/** The projects of each; a project that is not named here is in the second. */
const lanes = { computing, waiting: computing.map((project) => `!${project}`) };
const reporters = ["default", "./tools/conformance-report.ts", "./tools/test-summary.ts"];

const folder = mkdtempSync(join(tmpdir(), "homeport-tests-"));
const { commands, result } = concurrently(
  Object.entries(lanes).map(([name, projects]) => ({
    name,
    command: ["vitest", "run", ...projects.map((project) => quoted(`--project=${project}`))]
      .concat(reporters.map((reporter) => `--reporter=${reporter}`))
      .concat(process.argv.slice(2).map(quoted))
      .join(" "),
    env: { TEST_SUMMARY_FILE: figuresFile(name) },
  })),
  { group: true, prefix: "none" },
);
const ends = await result.catch((failed: CloseEvent[]) => failed);
const failures = ends.filter(({ exitCode }) => exitCode !== 0).map(({ command }) => command.name);

const sum: TestFigures = { counts: { passed: 0, failed: 0, skipped: 0 }, ran: { runtime: 0, mysql: 0 }, skipped: [] };
for (const { name } of commands) {
  if (!existsSync(figuresFile(name))) {
    console.log(`The tests of ${name} did not come to their end.`);
    sum.counts.failed++;
    continue;
  }
  const { counts, ran, skipped } = JSON.parse(readFileSync(figuresFile(name), "utf8")) as TestFigures;
  sum.counts.passed += counts.passed;
  sum.counts.failed += counts.failed;
  sum.counts.skipped += counts.skipped;
  sum.ran.runtime += ran.runtime;
  sum.ran.mysql += ran.mysql;
  sum.skipped.push(...skipped);
}
rmSync(folder, { recursive: true });
tellFigures(sum);
if (failures.length > 0 || sum.counts.failed > 0) process.exitCode = 1;

function figuresFile(name: string): string {
  return join(folder, `${name}.json`);
}

/** For the shell. */
function quoted(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
