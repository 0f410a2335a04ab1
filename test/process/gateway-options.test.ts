// What the gateway says about how it is started, and how it ends: 0 when it was asked to, 1 with a sentence otherwise.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FakeCloud, GatewayProcess, TcpClient } from "./gateway-process.ts";
import { npmRun, outcome } from "./npm-run.ts";

const dir = mkdtempSync(join(tmpdir(), "homeport-gateway-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(args: string[], env: Record<string, string> = {}): Promise<{ exitCode: number; output: string }> {
  return outcome(new GatewayProcess(args, env).process);
}

describe("the gateway", () => {
  it("explains its options", async () => {
    const { exitCode, output } = await outcome(npmRun("gateway", ["--help"], {}));
    for (const flag of ["url", "listen", "tls-cert", "tls-key", "tls-listen", "token", "max-connections", "report"]) {
      expect(output).toContain(`--${flag} `);
    }
    expect(exitCode).toBe(0);
  });

  it("says so when its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const { exitCode, output } = await run(["--listen", `127.0.0.1:${port}`]);
    other.close();
    expect(output).toBe(
      `Port ${port} is taken on 127.0.0.1: stop what listens there (ss -ltnp shows it). --listen chooses another.`,
    );
    expect(exitCode).toBe(1);
  });

  const text = join(dir, "text.pem");
  writeFileSync(text, "no certificate");
  it.each([
    [["--url", "somewhere"], /--url must be an address, not "somewhere"/],
    [["--url", "mqtt://host"], /--url must begin with wss: or ws:/],
    [["--url", "wss://me:secret@host/mqtt"], /--url must not hold a password/],
    [["--listen", "host"], /--listen must be HOST:PORT or a port, not "host"/],
    [["--listen", "127.0.0.1:70000"], /--listen must be HOST:PORT/],
    [["--listen", "203.0.113.1:1883"], /203\.0\.113\.1 is no address of this machine/],
    [["--max-connections", "none"], /--max-connections must be a number from 1 to/],
    [["--tls-cert", text], /TLS needs both --tls-cert and --tls-key/],
    [["--tls-cert", join(dir, "none.pem"), "--tls-key", text, "--listen", "0"], /--tls-cert cannot be read: ENOENT/],
    [["--tls-cert", text, "--tls-key", text, "--listen", "0"], /are no certificate and its key/],
    [["--listen", "none"], /leaves nothing to listen on/],
    [["--token", "two words"], /--token must be a token/],
    [["--port", "1883"], /Unknown option '--port'.*--help/],
  ])("refuses %j with a sentence", async (args, sentence) => {
    const { exitCode, output } = await run(args);
    expect(output).toMatch(sentence);
    expect(output).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(1);
  });

  it("takes its options from the environment too", async () => {
    const { output } = await run([], { GATEWAY_URL: "ftp://host", GATEWAY_MAX_CONNECTIONS: "5" });
    expect(output).toContain("--url must begin with wss: or ws:");
  });

  it("ends when the cloud refuses its address, with the status and the reason", async () => {
    const cloud = await FakeCloud.start();
    cloud.refusal = { status: 401, body: '{"error":{"code":"unauthenticated","message":"Not known here."}}' };
    const { exitCode, output } = await run(["--url", cloud.url, "--listen", "0"]);
    cloud.stop();
    expect(output).toContain("401 Refused: Not known here.");
    expect(exitCode).toBe(1);
  });

  it("shows its token with every upgrade, and says that it does, but not the token", async () => {
    const cloud = await FakeCloud.start();
    const gateway = await GatewayProcess.start(cloud.url, "--token", "app-token");
    await gateway.event("cloud.reached");
    expect(cloud.headers.authorization).toBe("Bearer app-token");
    expect(cloud.headers["sec-websocket-protocol"]).toBe("mqtt");
    await gateway.stop();
    cloud.stop();
    expect(gateway.process.lines[0]).toContain('"hasToken":true');
    expect(gateway.process.lines.join()).not.toContain("app-token");
  });

  it("ends at SIGTERM: clients get FIN, the cloud a close frame", async () => {
    const cloud = await FakeCloud.start();
    const closed = new Promise<number>((resolve) => {
      cloud.onSocket = (socket) => socket.on("message", () => socket.on("close", resolve));
    });
    const gateway = await GatewayProcess.start(cloud.url);
    const client = await TcpClient.connect(gateway.port);
    const arrived = new Promise((resolve) => {
      const { onSocket } = cloud;
      cloud.onSocket = (socket) => (onSocket(socket), socket.on("message", resolve));
    });
    client.socket.write(Buffer.from([0xc0, 0x00]));
    await arrived;
    process.kill(gateway.pid, "SIGTERM");
    expect(await client.ended).toBe("FIN");
    client.socket.end();
    expect(await closed).toBe(1001);
    expect(await gateway.process.ended).toBe(0);
    cloud.stop();
  });
});
