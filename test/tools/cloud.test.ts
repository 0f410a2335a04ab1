// `npm run setup:cloud` and `npm run deploy` against a stand-in for wrangler that records its calls: the real one needs
// a Cloudflare account. The tools run whole, as processes, in a copy of the project.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const projectDir = join(import.meta.dirname, "../..");
const emptyAccount = { signedIn: true, databases: [], namespaces: [], buckets: [], queues: [], secrets: null };
const databaseId = "11111111-2222-3333-4444-555555555555";
const namespaceId = "0123456789abcdef0123456789abcdef";

let copy = "";

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "homeport-cloud-"));
  for (const path of ["tools", "package.json"]) cpSync(join(projectDir, path), join(copy, path), { recursive: true });
  // What a fresh clone has, whatever this one was set up for.
  const toml = readFileSync(join(projectDir, "wrangler.toml"), "utf8");
  writeFileSync(tomlPath(), toml.replace(/^(database_id|preview_database_id|id) = .*\n/gm, ""));
  mkdirSync(join(copy, "node_modules/wrangler/bin"), { recursive: true });
  cpSync(join(import.meta.dirname, "fake-wrangler.js"), join(copy, "node_modules/wrangler/bin/wrangler.js"));
});
afterEach(() => rmSync(copy, { recursive: true }));

function tomlPath(): string {
  return join(copy, "wrangler.toml");
}

function readToml(): string {
  return readFileSync(tomlPath(), "utf8");
}

function setAccount(account: object): void {
  writeFileSync(join(copy, "account.json"), JSON.stringify({ ...emptyAccount, ...account }));
}

function calls(): { call: string; input: string }[] {
  const path = join(copy, "account.json.calls");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  rmSync(path);
  return lines.map((line) => JSON.parse(line) as { call: string; input: string });
}

function run(tool: "setup-cloud" | "deploy", ...args: string[]): { exitCode: number | null; output: string } {
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, join(copy, `tools/${tool}.ts`), ...args], {
    encoding: "utf8",
    env: { ...process.env, FAKE_ACCOUNT: join(copy, "account.json") },
  });
  return { exitCode: status, output: stdout + stderr };
}

describe("npm run setup:cloud, with a stand-in for wrangler", () => {
  it("makes everything in an empty account and writes the ids into wrangler.toml", () => {
    setAccount({});
    const { exitCode, output } = run("setup-cloud");
    expect(output).toContain("Ready.");
    expect(exitCode).toBe(0);
    const made = calls().map(({ call }) => call);
    expect(made.filter((call) => /create|bulk|apply/.test(call))).toEqual([
      "d1 create homeport",
      "kv namespace create homeport-checkin-cache",
      "r2 bucket create homeport-artifacts",
      "queues create homeport-jobs",
      "queues create homeport-jobs-dead",
      "secret bulk",
      "d1 migrations apply DB --remote",
    ]);
    expect(readToml()).toContain(`binding = "DB"\npreview_database_id = "DB"\ndatabase_id = "${databaseId}"\n`);
    expect(readToml()).toContain(`binding = "CHECKIN_CACHE"\nid = "${namespaceId}"\n`);
  });

  it("hands the secrets over on its input and prints none", () => {
    setAccount({});
    const { output } = run("setup-cloud");
    const bulk = calls().find(({ call }) => call === "secret bulk");
    const secrets = JSON.parse(bulk?.input ?? "{}") as Record<string, string>;
    expect(Object.keys(secrets)).toEqual(["SIGNING_KEYS", "SESSION_SECRET", "VAPID_KEYS"]);
    for (const value of Object.values(secrets)) {
      expect(value.length).toBeGreaterThan(40);
      expect(output).not.toContain(value);
    }
  });

  it("keeps what exists when it runs again", () => {
    setAccount({});
    run("setup-cloud");
    const toml = readToml();
    calls();
    expect(run("setup-cloud").exitCode).toBe(0);
    const again = calls().map(({ call }) => call);
    expect(again.filter((call) => /d1 create|namespace create|queues create|bulk/.test(call))).toEqual([]);
    expect(readToml()).toBe(toml);
  });

  it("makes only the secret that is missing", () => {
    setAccount({ secrets: ["SIGNING_KEYS", "VAPID_KEYS"] });
    run("setup-cloud");
    const bulk = calls().find(({ call }) => call === "secret bulk");
    expect(Object.keys(JSON.parse(bulk?.input ?? "{}") as object)).toEqual(["SESSION_SECRET"]);
  });

  it.each(["d1 list", "kv namespace list", "r2 bucket create", "queues info", "secret list", "d1 migrations"])(
    "stops when `wrangler %s` fails, and makes no secrets it cannot be sure are missing",
    (failing) => {
      setAccount({ failing: [failing], secrets: ["SIGNING_KEYS", "SESSION_SECRET", "VAPID_KEYS"] });
      const { exitCode, output } = run("setup-cloud");
      expect(exitCode).toBe(1);
      expect(output).toContain(`\`wrangler ${failing}`);
      expect(calls().some(({ call }) => call === "secret bulk")).toBe(false);
    },
  );

  it("fails when the secrets cannot be stored", () => {
    setAccount({ failing: ["secret bulk"] });
    expect(run("setup-cloud").exitCode).toBe(1);
  });

  it("refuses ids that the account does not have instead of replacing them", () => {
    setAccount({});
    writeFileSync(tomlPath(), readToml().replace('binding = "DB"', 'binding = "DB"\ndatabase_id = "somebody-elses"'));
    const { exitCode, output } = run("setup-cloud");
    expect(exitCode).toBe(1);
    expect(output).toContain("somebody-elses");
    expect(readToml()).toContain("somebody-elses");
    expect(calls().some(({ call }) => call.includes("create"))).toBe(false);
  });

  it("says how to sign in", () => {
    setAccount({ signedIn: false });
    const { exitCode, output } = run("setup-cloud");
    expect(exitCode).toBe(1);
    expect(output).toContain("npx wrangler login");
  });

  it("only says what it would do with --dry-run", () => {
    setAccount({});
    const toml = readToml();
    const { exitCode, output } = run("setup-cloud", "--dry-run");
    expect(exitCode).toBe(0);
    expect(output).toContain("create the D1 database homeport");
    expect(output).toContain("create the queues homeport-jobs and homeport-jobs-dead");
    expect(calls()).toEqual([]);
    expect(readToml()).toBe(toml);
  });
});

describe("npm run deploy, with a stand-in for wrangler", () => {
  it("refuses before the set-up, with the command that is missing", () => {
    setAccount({});
    const { exitCode, output } = run("deploy");
    expect(exitCode).toBe(1);
    expect(output).toContain("npm run setup:cloud");
    expect(calls()).toEqual([]);
  });

  it("applies the migrations, then deploys", () => {
    setAccount({});
    run("setup-cloud");
    calls();
    expect(run("deploy").exitCode).toBe(0);
    expect(calls().map(({ call }) => call)).toEqual([
      "whoami --json",
      "secret list --format json",
      "d1 migrations apply DB --remote",
      "deploy",
    ]);
  });

  it("deploys nothing to a Worker on MySQL that it cannot migrate", () => {
    setAccount({});
    run("setup-cloud");
    calls();
    setAccount({ secrets: ["SIGNING_KEYS", "SESSION_SECRET", "DATABASE_URL"] });
    const { exitCode, output } = run("deploy");
    expect(exitCode).toBe(1);
    expect(output).toContain("Set DATABASE_URL");
    expect(calls().some(({ call }) => call === "deploy")).toBe(false);
  });

  it("does not deploy when the migrations fail", () => {
    setAccount({});
    run("setup-cloud");
    calls();
    setAccount({ failing: ["d1 migrations"] });
    expect(run("deploy").exitCode).toBe(1);
    expect(calls().some(({ call }) => call === "deploy")).toBe(false);
  });
});
