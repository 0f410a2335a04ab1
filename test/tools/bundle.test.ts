// What `wrangler deploy` would upload: built for real with --dry-run, minified, and its size told.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { offlineEnv, runWrangler } from "../../tools/wrangler.ts";

type Inputs = Record<string, { imports: { path: string }[] }>;

const folder = mkdtempSync(join(tmpdir(), "homeport-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function build(name: string, ...flags: string[]): Promise<{ bytes: number; output: string; exitCode: number }> {
  const outdir = join(folder, name);
  const args = ["deploy", "--dry-run", "--outdir", outdir, ...flags];
  const { exitCode, stdout, stderr } = await runWrangler(args, { env: offlineEnv(folder) });
  const scripts = exitCode === 0 ? readdirSync(outdir).filter((file) => file.endsWith(".js")) : [];
  const bytes = scripts.reduce((sum, file) => sum + statSync(join(outdir, file)).size, 0);
  return { bytes, exitCode, output: stdout + stderr };
}

describe("wrangler deploy --dry-run", () => {
  it("builds the Worker, minified", { timeout: 60_000 }, async () => {
    const [upload, readable] = await Promise.all([build("upload", "--metafile"), build("readable", "--minify=false")]);
    expect(upload.output).toContain("--dry-run: exiting now.");
    expect(upload.exitCode).toBe(0);
    expect(upload.bytes).toBeGreaterThan(0);
    expect(upload.bytes).toBeLessThan(0.8 * readable.bytes);
    const [told, gzipKib] = /Total Upload: .* gzip: ([\d.]+) KiB/.exec(upload.output) ?? [];
    expect(Number(gzipKib)).toBeLessThan(450);
    console.log(told);

    const { inputs } = JSON.parse(readFileSync(join(folder, "upload", "bundle-meta.json"), "utf8"));
    const unwanted =
      /^web\/|zod\/.*\/(locales\/(?!en\.js$)|compile\.js|from-json-schema)|zod-to-openapi\/|\/(social-providers|telemetry|memory-adapter)\/dist|core\/dist\/social-providers/;
    expect(Object.keys(inputs).filter((path) => unwanted.test(path))).toEqual([]);

    // An alias holds for whoever imports something by that name, however short it is.
    const replaced = /^src\/left-out\/|\/locales\/en\.js$/;
    const importers = Object.entries(inputs as Inputs)
      .filter(([, { imports }]) => imports.some(({ path }) => replaced.test(path)))
      .map(([path]) => /^(?:node_modules\/(?:@[^/]+\/)?[^/]+|src\/left-out)/.exec(path)?.[0] ?? path);
    const expected = ["@hono/zod-openapi", "better-auth", "zod"].map((name) => `node_modules/${name}`);
    expect([...new Set(importers)].toSorted()).toEqual([...expected, "src/left-out"]);
  });
});
