// The linter enforces which way imports may point (docs/architecture.md). Every pair of layers is tried, in a folder
// apart that holds a copy of the project's own configuration, with the command that `npm run lint` runs.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const projectDir = join(import.meta.dirname, "../..");

/** A file of every layer that others may try to import. */
const targets = {
  errors: "src/errors.ts",
  config: "src/config.ts",
  domain: "src/domain/topics.ts",
  protocols: "src/protocols/mqtt/decode.ts",
  identity: "src/identity/tokens.ts",
  store: "src/store/d1/devices.ts",
  outbound: "src/outbound/mail.ts",
  "hub-stub": "src/hub-stub.ts",
  services: "src/services/devices/create.ts",
  http: "src/http/routes/devices.ts",
  jobs: "src/jobs/outbox.ts",
  "durable-objects": "durable-objects/user-hub/user-hub.ts",
  index: "src/index.ts",
  tools: "tools/start.ts",
  test: "test/support/server.ts",
} as const;

type Layer = keyof typeof targets;

/** What each layer may import; everything else in `targets` is forbidden to it. */
const arrows: { layer: string; file: string; mayImport: Layer[] }[] = [
  { layer: "errors", file: "src/errors.ts", mayImport: ["errors"] },
  { layer: "config", file: "src/config.ts", mayImport: ["errors"] },
  { layer: "domain", file: "src/domain/probe.ts", mayImport: ["errors", "domain"] },
  { layer: "protocols", file: "src/protocols/mqtt/probe.ts", mayImport: ["errors", "domain", "protocols"] },
  {
    layer: "identity",
    file: "src/identity/probe.ts",
    mayImport: ["errors", "config", "domain", "store", "identity"],
  },
  { layer: "store", file: "src/store/d1/probe.ts", mayImport: ["errors", "config", "domain", "store"] },
  { layer: "outbound", file: "src/outbound/probe.ts", mayImport: ["errors", "config", "domain", "outbound"] },
  { layer: "hub-stub", file: "src/hub-stub.ts", mayImport: ["errors", "domain"] },
  {
    layer: "services",
    file: "src/services/devices/probe.ts",
    mayImport: ["errors", "config", "domain", "store", "identity", "outbound", "hub-stub", "services"],
  },
  {
    layer: "http",
    file: "src/http/routes/probe.ts",
    mayImport: ["errors", "config", "domain", "protocols", "identity", "services", "http"],
  },
  { layer: "jobs", file: "src/jobs/probe.ts", mayImport: ["errors", "config", "services", "jobs"] },
  {
    layer: "durable-objects",
    file: "durable-objects/user-hub/probe.ts",
    mayImport: ["errors", "config", "domain", "protocols", "identity", "outbound", "durable-objects"],
  },
  {
    layer: "durable-objects: rebuild",
    file: "durable-objects/user-hub/rebuild.ts",
    mayImport: ["errors", "config", "domain", "store", "durable-objects"],
  },
  {
    layer: "durable-objects: archive",
    file: "durable-objects/user-hub/archive-streams.ts",
    mayImport: ["errors", "config", "domain", "store", "durable-objects"],
  },
  { layer: "web", file: "web/pages/probe.ts", mayImport: [] },
  {
    layer: "index",
    file: "src/index.ts",
    mayImport: ["errors", "config", "services", "http", "jobs", "durable-objects"],
  },
];

const folder = mkdtempSync(join(tmpdir(), "homeport-arrows-"));

/** The files in which the linter found a forbidden import. */
function lint(): Set<string> {
  const { scripts } = JSON.parse(readFileSync(join(projectDir, "package.json"), "utf8")) as {
    scripts: { lint: string };
  };
  const [command = "", ...args] = scripts.lint.split(" ");
  const bin = join(projectDir, "node_modules/.bin", command);
  const { stdout } = spawnSync(process.execPath, [bin, ...args, "--format=json"], { cwd: folder, encoding: "utf8" });
  const report = JSON.parse(stdout) as { number_of_files: number; diagnostics: { code: string; filename: string }[] };
  if (report.number_of_files === 0) throw new Error("the linter read no file");
  const caught = report.diagnostics.filter(({ code }) => code.includes("no-restricted-imports"));
  return new Set(caught.map(({ filename }) => filename));
}

/** Rules go by path, so a file that must have a certain name is tried once per target, each in a project of its own. */
function probePath(file: string, target: Layer): string {
  return join(target, file);
}

function specifier(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

function write(project: string, file: string, source: string): void {
  const path = join(folder, project, file);
  mkdirSync(dirname(path), { recursive: true });
  cpSync(join(projectDir, ".oxlintrc.json"), join(folder, project, ".oxlintrc.json"));
  writeFileSync(path, source);
}

let caught = new Set<string>();

beforeAll(() => {
  for (const { file } of arrows) {
    for (const [target, path] of Object.entries(targets)) {
      write(target, file, `import { thing } from "${specifier(file, path)}";\nconsole.log(thing);\n`);
    }
  }
  const hub = specifier("src/hub-stub.ts", targets["durable-objects"]);
  write("type-only", "src/hub-stub.ts", `import type { UserHub } from "${hub}";\nexport type Hub = UserHub;\n`);
  const store = specifier("src/http/routes/probe.ts", targets.store);
  write("type-only", "src/http/routes/probe.ts", `import type { Row } from "${store}";\nexport type R = Row;\n`);
  write("dynamic", "src/http/routes/probe.ts", `export const load = () => import("${store}");\n`);
  write("re-export", "src/http/routes/probe.ts", `export { thing } from "${store}";\n`);
  caught = lint();
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(arrows)("$layer", ({ file, mayImport }) => {
  it.each(Object.keys(targets) as Layer[])("and an import of %s", (target) => {
    expect(caught.has(probePath(file, target)), mayImport.includes(target) ? "is caught" : "passes").toBe(
      !mayImport.includes(target),
    );
  });
});

describe("the form of the import", () => {
  it("makes no difference: types, dynamic imports and re-exports are caught too", () => {
    for (const form of ["type-only", "dynamic", "re-export"])
      expect(caught).toContain(`${form}/src/http/routes/probe.ts`);
  });

  it("matters for hub-stub.ts alone, which may import the type of the hub", () => {
    expect(caught).not.toContain("type-only/src/hub-stub.ts");
  });
});
