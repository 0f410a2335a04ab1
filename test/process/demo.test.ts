// `npm run demo` as a real command, on a state folder of its own.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFreePort, isPortFree } from "../../tools/ports.ts";
import { npmRun, outcome } from "./npm-run.ts";

const stateDir = mkdtempSync(join(tmpdir(), "homeport-demo-"));
const accountPath = join(stateDir, "demo-account.json");
let port = 0;
let env: Record<string, string> = {};
beforeAll(async () => {
  port = await findFreePort();
  env = { PORT: String(port), STATE_DIR: stateDir };
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

/** The steps and the lines of both processes, without what changes from run to run. */
function story(output: string): string[] {
  const lines = output.split("\n").filter((line) => line.startsWith("✔") || line.includes(" | "));
  return lines.map((line) => line.trim().replace(/\s+\(\d+\.\d ms\)$/, " (… ms)"));
}

describe("npm run demo", () => {
  it("-- --once shows both directions with their latencies and exits with 0", async () => {
    const { exitCode, output } = await outcome(npmRun("demo", ["--once"], env));
    expect(output).toContain("Made the account");
    expect(output).toContain("Made a dashboard with both");
    expect(story(output)).toEqual(
      expect.arrayContaining([
        "phone | button: turn on",
        "lamp  | LED on",
        "✔ Started the thermometer, another process; it measures (… ms)",
        "✔ The phone's button was pressed and the lamp's LED went on (… ms)",
        "lamp  | LED off",
        "phone | screen: the lamp is off",
        "✔ The lamp's switch was pressed and the phone's screen changed (… ms)",
      ]),
    );
    expect(exitCode).toBe(0);
    expect(statSync(accountPath).mode & 0o777).toBe(0o600);
    expect(await isPortFree("127.0.0.1", port, 2000)).toBe(true);
  });

  it("uses the account and the lamp of an earlier run, stays up, says how to go on, and ends at Ctrl-C", async () => {
    const demo = npmRun("demo", [], env);
    await demo.nextLine(/paho_c_pub/, "stay up and say how to connect", 60_000);
    const output = demo.lines.join("\n");
    expect(output).toContain("Signed in to the account");
    expect(output).toContain("Found the lamp");
    expect(output).toContain("Found a dashboard with both");
    expect(output).toContain(`http://127.0.0.1:${port}/dashboards/`);
    expect(output).toContain((JSON.parse(readFileSync(accountPath, "utf8")) as { email: string }).email);

    const led = demo.nextLine(/lamp {2}\| LED on/, "pass the button on");
    demo.send("press");
    await led;
    demo.interrupt();
    expect(await demo.ended).toBe(0);
    expect(await isPortFree("127.0.0.1", port, 2000)).toBe(true);
  });

  it("ends with a sentence and not with 0 when a step fails", async () => {
    const account = JSON.parse(readFileSync(accountPath, "utf8")) as object;
    writeFileSync(accountPath, JSON.stringify({ ...account, password: "not the password" }));
    const { exitCode, output } = await outcome(npmRun("demo", ["--once"], env));
    expect(output).toMatch(/sign-in\/email answered 401/);
    expect(exitCode).not.toBe(0);
    expect(await isPortFree("127.0.0.1", port, 2000)).toBe(true);
  });
});
