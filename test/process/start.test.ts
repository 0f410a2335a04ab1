// `npm start` as a real command: says when it is ready, says what is wrong, and leaves nothing behind.
import { createServer } from "node:http";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findFreePort, isPortFree } from "../../tools/ports.ts";
import { npmRun, outcome } from "./npm-run.ts";

const stateDir = mkdtempSync(join(tmpdir(), "homeport-start-"));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

describe("npm start", () => {
  it("says when and where it is ready, prints no secret, and ends whole at SIGTERM", async () => {
    const port = await findFreePort();
    const start = npmRun("start", [], { PORT: String(port), STATE_DIR: join(stateDir, "new") });
    const ready = await start.nextLine(/^Homeport is ready at/, "become ready", 60_000);
    expect(ready).toContain(`http://127.0.0.1:${port}`);
    expect(existsSync(join(stateDir, "new"))).toBe(true);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(start.lines.join("\n")).not.toMatch(/SIGNING_KEYS|SESSION_SECRET/);
    await start.stop();
    expect(await isPortFree("127.0.0.1", port, 5000)).toBe(true);
  });

  it("says so, and names PORT, when the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const { exitCode, output } = await outcome(npmRun("start", [], { PORT: String(port), STATE_DIR: stateDir }));
    other.close();
    expect(output).toContain(`Port ${port} is taken.`);
    expect(output).toContain("PORT=");
    expect(exitCode).not.toBe(0);
  });

  it.each(["0", "70000", "http"])("refuses PORT=%s with a sentence", async (port) => {
    const { exitCode, output } = await outcome(npmRun("start", [], { PORT: port, STATE_DIR: stateDir }));
    expect(output).toContain(`PORT must be a number from 1 to 65535, not "${port}".`);
    expect(exitCode).not.toBe(0);
  });
});
