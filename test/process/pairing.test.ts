// Pairing end to end: a device and a person as two processes that share nothing but what the device shows.
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LineProcess } from "../../tools/line-process.ts";
import { TestServer } from "../support/server.ts";

let server: TestServer;
const processes: LineProcess[] = [];
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(async () => {
  for (const each of processes) await each.stop();
  await server.remove();
});

function run(name: string, env: Record<string, string>): LineProcess {
  const args = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const script = join(import.meta.dirname, `pairing-${name}.ts`);
  const started = new LineProcess(process.execPath, [...args, script], { name: `the ${name}`, env });
  processes.push(started);
  return started;
}

it("a device shows a code, a person approves it, and the device connects with a credential of its own", async () => {
  const device = run("device", { SERVER: server.url });
  const shown = /^show (\S+) at (\S+)$/.exec(await device.nextLine(/^show /, "show a code"));
  expect(shown?.[2]).toBe(`${server.url}/pair`);
  await device.nextLine(/^authorization_pending$/, "poll");

  const led = device.nextLine(/^LED on$/, "hear the person", 30_000);
  const person = run("person", { SERVER: server.url, CODE: shown?.[1] ?? "" });
  expect(await person.ended, person.lines.join("\n")).toBe(0);
  await led;
  const deviceId = /approved (\S+)/.exec(person.lines.join("\n"))?.[1];
  expect(person.lines).toEqual([
    "test-lamp asks as Lamp of the test: pending",
    `approved ${deviceId} as Desk lamp`,
    "it is online",
  ]);
  expect(device.lines).toContain(`paired as ${deviceId}`);
});
