// A reporter for vitest that closes the run with one plain line, so that people and scripts find the outcome at the end.
// What was skipped is named before it, with the reason that its suite's name gives. A part of a run leaves its figures in the file
// TEST_SUMMARY_FILE for whoever tells the sum (test-lanes.ts).
import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";

export interface TestFigures {
  counts: { passed: number; failed: number; skipped: number };
  /** How many ran with each database. */
  ran: { runtime: number; mysql: number };
  skipped: string[];
}

const allOnMysql = "everything on MySQL, for there is no MariaDB (to run: sudo apt-get install mariadb-server)";

export default class TestSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const skipped = new Set<string>();
    const ran = { runtime: 0, mysql: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "pending") continue;
        counts[state]++;
        if (state === "skipped") skipped.add(module.project.name === "mysql" ? allOnMysql : suiteName(test));
        else if (isDatabase(module.project.name)) ran[module.project.name]++;
      }
    }
    const figures: TestFigures = { counts, ran, skipped: [...skipped] };
    const file = process.env["TEST_SUMMARY_FILE"];
    if (file) writeFileSync(file, JSON.stringify(figures));
    else tellFigures(figures);
  }
}

export function tellFigures({ counts, ran, skipped }: TestFigures): void {
  for (const name of skipped) console.log(`skipped: ${name}`);
  console.log(`with a database: ${ran.runtime} tests ran on D1, ${ran.mysql} on MySQL`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

function isDatabase(project: string): project is "runtime" | "mysql" {
  return project === "runtime" || project === "mysql";
}

function suiteName(test: TestCase): string {
  return test.parent.type === "suite" ? test.parent.fullName : test.fullName;
}
