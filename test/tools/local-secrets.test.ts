// Local secrets are made once, for their owner's eyes alone, and never replaced.
import { createECDH } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import { ensureLocalSecrets, secretMakers } from "../../tools/local-secrets.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeport-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function devVars(): Record<string, string> {
  const lines = readFileSync(join(folder, ".dev.vars"), "utf8").split("\n");
  const pairs = lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2));
  return Object.fromEntries(pairs) as Record<string, string>;
}

describe("the local secrets", () => {
  it("are made on the first start, readable by their owner alone", () => {
    expect(ensureLocalSecrets(folder)).toEqual(["SIGNING_KEYS", "SESSION_SECRET", "VAPID_KEYS"]);
    expect(statSync(join(folder, ".dev.vars")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([".dev.vars"]);
  });

  it("are what the Worker accepts", () => {
    ensureLocalSecrets(folder);
    const { SIGNING_KEYS = "", SESSION_SECRET = "", VAPID_KEYS = "" } = devVars();
    expect(readKeyRing(SIGNING_KEYS).current.kid).toBe("k1");
    expect(SESSION_SECRET).toMatch(/^[\w-]{64}$/);
    const { VAPID_KEYS: accepted } = readConfig({ SIGNING_KEYS, SESSION_SECRET, VAPID_KEYS });
    const [point = "", scalar = ""] = accepted.split(":");
    const ecdh = createECDH("prime256v1");
    ecdh.setPrivateKey(scalar, "base64url");
    expect(ecdh.getPublicKey("base64url")).toBe(point);
  });

  it("are all that wrangler.toml requires", () => {
    const toml = readFileSync(join(import.meta.dirname, "../../wrangler.toml"), "utf8");
    const required = /^required = (\[.*\])$/m.exec(toml)?.[1] ?? "";
    expect(Object.keys(secretMakers)).toEqual(JSON.parse(required));
  });

  it("differ from one machine to the next", () => {
    ensureLocalSecrets(folder);
    const first = devVars();
    rmSync(join(folder, ".dev.vars"));
    ensureLocalSecrets(folder);
    expect(devVars().SIGNING_KEYS).not.toBe(first.SIGNING_KEYS);
    expect(devVars().SESSION_SECRET).not.toBe(first.SESSION_SECRET);
  });

  it("stay as they are on later starts", () => {
    ensureLocalSecrets(folder);
    const before = readFileSync(join(folder, ".dev.vars"), "utf8");
    expect(ensureLocalSecrets(folder)).toEqual([]);
    expect(readFileSync(join(folder, ".dev.vars"), "utf8")).toBe(before);
  });

  it("are added to a file that has only some of them, and a person's own lines stay", () => {
    writeFileSync(join(folder, ".dev.vars"), "# mine\nSESSION_SECRET=chosen by a person, long enough\nPUBLIC_URL=x");
    expect(ensureLocalSecrets(folder)).toEqual(["SIGNING_KEYS", "VAPID_KEYS"]);
    expect(devVars()).toMatchObject({ SESSION_SECRET: "chosen by a person, long enough", PUBLIC_URL: "x" });
    expect(devVars().SIGNING_KEYS).toMatch(/^k1:/);
    expect(statSync(join(folder, ".dev.vars")).mode & 0o777).toBe(0o600);
  });

  it("are never printed", () => {
    const printed = [vi.spyOn(process.stdout, "write"), vi.spyOn(console, "log")];
    ensureLocalSecrets(folder);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
