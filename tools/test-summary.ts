// A reporter for vitest that closes the run with one plain line, so that people and scripts find the outcome at the end.
// What was skipped is named before it, with the reason that its suite's name gives.
import type { Reporter, TestCase, TestModule } from "vitest/node";

export default class TestSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const skipped = new Set<string>();
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "pending") continue;
        counts[state]++;
        if (state === "skipped") skipped.add(suiteName(test));
      }
    }
    for (const name of skipped) console.log(`skipped: ${name}`);
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}

function suiteName(test: TestCase): string {
  return test.parent.type === "suite" ? test.parent.fullName : test.fullName;
}
