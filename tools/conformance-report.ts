// A reporter for vitest that checks, when all tests without other people's software ran, that every normative statement of MQTT
// is proved by a test that passed, and that docs/conformance.md says so. `npm run conformance` writes that file.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestModule, Vitest } from "vitest/node";
import { type Conformance, judge, type PassedTest } from "./conformance-table.ts";

const page = "docs/conformance.md";
const marker = "<!-- generated from here on: npm run conformance -->\n";
/** What is skipped where other software is missing proves nothing, so that the table is the same everywhere. */
const provingProjects = new Set(["node", "runtime"]);
const otherFolders = /^(?:clients|process|mysql)\//;

export default class ConformanceReport implements Reporter {
  #root = process.cwd();
  #partial = false;

  onInit({ config }: Vitest): void {
    this.#root = config.root;
    this.#partial = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const proving = modules.filter(({ project }) => provingProjects.has(project.name));
    const ran = new Set(proving.map((module) => this.#fileOf(module)));
    if (this.#partial || this.#testFiles().some((file) => !ran.has(file))) return;
    const failed = proving.some((module) => !module.ok());
    const passed: PassedTest[] = [];
    for (const module of proving) {
      for (const test of module.children.allTests("passed")) {
        if (test.options.fails) continue; // it passes by failing
        passed.push({ name: test.fullName, file: this.#fileOf(module) });
      }
    }
    this.#report(judge(passed), failed);
  }

  #report(conformance: Conformance, failed: boolean): void {
    const intro = readFileSync(page, "utf8").split(marker)[0] ?? "";
    const wanted = `${intro}${marker}\n${conformance.table}`;
    const write = process.env["CONFORMANCE"] === "write";
    if (write && !failed) writeFileSync(page, wanted);
    const complaints = [
      ...complaint("statements of MQTT have no test that passed", conformance.missing),
      ...complaint("statements of MQTT forbid something and have no negative case", conformance.withoutNegative),
      ...complaint("tags name no statement of MQTT", conformance.unknown),
    ];
    if (write && failed) complaints.push(`${page} was not written, because tests failed`);
    else if (!failed && readFileSync(page, "utf8") !== wanted) {
      complaints.push(`${page} differs from what the tests' names say; to write it: npm run conformance`);
    }
    for (const line of complaints) console.log(`conformance: ${line}`);
    if (complaints.length > 0) process.exitCode = 1;
  }

  #fileOf(module: TestModule): string {
    return relative(`${this.#root}/test`, module.moduleId).replace(/\.test\.ts$/, "");
  }

  #testFiles(): string[] {
    const all = readdirSync(`${this.#root}/test`, { recursive: true, encoding: "utf8" });
    return all
      .filter((file) => file.endsWith(".test.ts") && !otherFolders.test(file))
      .map((file) => file.replace(/\.test\.ts$/, ""));
  }
}

function complaint(what: string, tags: readonly string[]): string[] {
  return tags.length === 0 ? [] : [`${tags.length} ${what}:\n  ${tags.join("\n  ")}`];
}
