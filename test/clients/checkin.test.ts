// The shell script of docs/examples as a device that polls: run by sh, with curl, against the real server. Between two runs nothing
// is left of it but its folder, as if cron ran it.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { sharedApi } from "./server.ts";

const script = join(import.meta.dirname, "../../docs/examples/check-in.sh");
/** Debian's sh is dash; OpenWrt's is busybox, tested where there is one. */
const shells: [string, string[]][] = [["sh", []]];
if (existsSync("/bin/busybox")) shells.push(["/bin/busybox", ["ash"]]);

const api = sharedApi();

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.each(shells)("the shell script, run by %s", (shell, args) => {
  /** A device with a folder, and its script. */
  async function startDevice() {
    const { id } = await api.createDevice("router");
    const { secret } = await api.issueCredential(id);
    const folder = mkdtempSync(join(tmpdir(), "homeport-checkin-"));
    folders.push(folder);
    const handler = join(folder, "handler");
    writeFileSync(
      handler,
      '#!/bin/sh\necho "$1 $2" >>"$HOMEPORT_STATE/handled"\n[ "$1" != delta/led ] || echo "{\\"led\\":$2}" >"$HOMEPORT_STATE/reported"\n',
    );
    chmodSync(handler, 0o755);
    writeFileSync(join(folder, "credential"), secret);
    const stateOf = (name: string) => {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, "utf8") : null;
    };
    const run = () => {
      const { status, stderr } = spawnSync(shell, [...args, script], {
        encoding: "utf8",
        timeout: 30_000,
        env: {
          ...process.env,
          HOMEPORT_URL: inject("clientsServer").url,
          HOMEPORT_CREDENTIAL: join(folder, "credential"),
          HOMEPORT_HANDLER: handler,
          HOMEPORT_STATE: folder,
          HOMEPORT_ONCE: "1",
        },
      });
      return { status, stderr };
    };
    return { id, run, stateOf, forget: (name: string) => rmSync(join(folder, name)) };
  }

  it("reports, takes each message once, and obeys reportAfterSeconds", async () => {
    const device = await startDevice();
    expect(device.run()).toEqual({ status: 0, stderr: "" });
    expect(device.stateOf("reportAfter")?.trim()).toBe("60");
    const { items } = await api.request<{ items: { name: string }[] }>("GET", `/v1/devices/${device.id}/streams`);
    expect(items.map(({ name }) => name).toSorted()).toEqual(["cpu.load", "memory.availableKb", "uptime"]);
    expect(await api.request("GET", `/v1/devices/${device.id}/presence`)).toMatchObject({ online: true });

    const reportedAt = device.stateOf("reportedAt");
    for (const payload of ["on", "100 % & more = fine"]) {
      await api.request("POST", `/v1/devices/${device.id}/messages`, { topic: "set/led", payload, qos: 1 });
    }
    // As if the edge had nothing: a change may take a minute to be seen without this.
    device.forget("reportedAt");
    expect(device.run().status).toBe(0);
    const handled = "set/led on\nset/led 100 %25 & more = fine\n";
    expect(device.stateOf("handled")).toBe(handled);
    expect(Number(device.stateOf("reportedAt"))).toBeGreaterThanOrEqual(Number(reportedAt));
    // From now on nothing is due, and nothing comes twice.
    for (let i = 0; i < 3; i++) expect(device.run().status).toBe(0);
    expect(device.stateOf("handled")).toBe(handled);
  });

  it("fulfils what the shadow wants, and reports it", async () => {
    const device = await startDevice();
    await api.request("PATCH", `/v1/devices/${device.id}/shadow`, { state: { desired: { led: true } } });
    await api.request("PATCH", `/v1/devices/${device.id}/shadow?name=wifi`, { state: { desired: { channel: 6 } } });
    expect(device.run().status).toBe(0);
    expect(device.stateOf("handled")).toBe("delta/led true\nshadows/wifi/delta/channel 6\n");
    expect(device.run().status).toBe(0);
    expect(device.stateOf("reported")).toBeNull();
    const shadow = await api.request("GET", `/v1/devices/${device.id}/shadow`);
    expect(shadow).toMatchObject({ state: { desired: { led: true }, reported: { led: true } } });
  });

  it("fails when its credential is revoked, and says so", async () => {
    const device = await startDevice();
    await api.revokeCredential(device.id);
    expect(device.run()).toEqual({ status: 1, stderr: "check-in answered 401\n" });
  });
});
