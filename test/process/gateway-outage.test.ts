// The cloud goes and comes back. The gateway asks seldom, lets its clients wait a little, and lets all of them in at last.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeCloud, GatewayProcess, TcpClient } from "./gateway-process.ts";

const pingRequest = Buffer.from([0xc0, 0x00]);
const down = { status: 503, body: "The database cannot be reached." };

let cloud: FakeCloud;
let gateway: GatewayProcess;
beforeEach(async () => {
  cloud = await FakeCloud.start();
  cloud.onSocket = (socket) => socket.on("message", (data) => socket.send(data));
  gateway = await GatewayProcess.start(cloud.url);
  await gateway.event("cloud.reached");
});
afterEach(async () => {
  await gateway.stop();
  cloud.stop();
});

async function connectMany(count: number): Promise<TcpClient[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => TcpClient.connect(gateway.port)));
  for (const client of clients) client.socket.write(pingRequest);
  return clients;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe("while the cloud is down", () => {
  it("one connection at a time asks, with growing pauses; when it is back all get in, with what they had sent", async () => {
    cloud.refusal = down;
    const before = cloud.handshakes;
    const lost = gateway.event("cloud.lost");
    const clients = await connectMany(40);
    expect(await lost).toMatchObject({ status: 503, reason: "503 Refused: The database cannot be reached." });
    await sleep(800);
    // 40 at most before the first answer; after that the pauses are at least 0.25 and 0.5 s long. None is so long yet that
    // somebody would wait for more than the 5 s that everybody is held.
    const atOnce = 40;
    expect(cloud.handshakes - before).toBeLessThanOrEqual(atOnce + 3);
    const reached = gateway.event("cloud.reached");
    cloud.refusal = null;
    await reached;
    for (const client of clients) expect(await client.bytes(2)).toEqual(pingRequest);
    expect(await gateway.report()).toMatchObject({ open: 40, waiting: 0, opened: 40, refused: 0 });
  });

  it("connections wait some seconds and are then closed, and cost the cloud nothing", async () => {
    cloud.refusal = down;
    const lost = gateway.event("cloud.lost");
    const [first] = await connectMany(1);
    await lost;
    const before = cloud.handshakes;
    const clients = await connectMany(20);
    for (const client of [first as TcpClient, ...clients]) {
      expect(await client.ended).toBe("FIN");
      expect(client.received).toHaveLength(0);
      client.socket.destroy();
    }
    expect(cloud.handshakes - before).toBeLessThanOrEqual(6);
    expect(await gateway.report()).toMatchObject({ refused: 21 });
  });

  it("a client that gives up waiting is forgotten, so that its CONNECT does not come later", async () => {
    const arrived: string[] = [];
    cloud.onSocket = (socket) => socket.on("message", (data) => arrived.push(String(data)));
    cloud.refusal = down;
    const lost = gateway.event("cloud.lost");
    const [stays] = await connectMany(1);
    await lost;
    const leaves = await TcpClient.connect(gateway.port);
    leaves.socket.end("left");
    expect(await leaves.ended).toBe("FIN");
    const reached = gateway.event("cloud.reached");
    cloud.refusal = null;
    await reached;
    await sleep(200);
    expect(arrived).toEqual([String(pingRequest)]);
    stays?.socket.destroy();
  });
});

describe("when the cloud", () => {
  it("refuses for good, the connection is closed at once and the log says why", async () => {
    cloud.refusal = { status: 401, body: '{"error":{"message":"The token was revoked."}}' };
    const lost = gateway.event("cloud.lost");
    const [client] = await connectMany(1);
    expect(await lost).toMatchObject({ status: 401, reason: "401 Refused: The token was revoked." });
    expect(await client?.ended).toBe("FIN");
  });

  it("breaks a WebSocket, its client is closed, and gets what came before", async () => {
    cloud.onSocket = (socket) =>
      socket.on("message", () => socket.send("last", { binary: true }, () => socket.terminate()));
    const [client] = await connectMany(1);
    expect(await client?.ended).toBe("FIN");
    expect(String(client?.received)).toBe("last");
    client?.socket.destroy();
    expect(await gateway.report()).toMatchObject({ lost: 1 });
  });
});
