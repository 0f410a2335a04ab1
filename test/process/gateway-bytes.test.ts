// Bytes go through the gateway unchanged, in order and in bounded memory; connections are bounded in number and in silence.
import { createHash } from "node:crypto";
import type { WebSocket } from "ws";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeCloud, GatewayProcess, TcpClient } from "./gateway-process.ts";

let cloud: FakeCloud;
let gateway: GatewayProcess;
beforeEach(async () => {
  cloud = await FakeCloud.start();
});
afterEach(async () => {
  await gateway.stop();
  cloud.stop();
});

/** Numbers below `limit`, the same from the same seed. */
function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** PUBLISH packets with random payloads, `count` of them, up to `maxLength` long. */
function publishes(next: (limit: number) => number, count: number, maxLength: number): Buffer {
  const packets = Array.from({ length: count }, () => {
    const body = Buffer.from(Array.from({ length: next(maxLength) }, () => next(256)));
    const length: number[] = [];
    let rest = body.length;
    do {
      length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
      rest >>= 7;
    } while (rest > 0);
    return Buffer.concat([Buffer.from([0x30, ...length]), body]);
  });
  return Buffer.concat(packets);
}

function hash(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function write(client: TcpClient, data: Buffer): Promise<void> {
  return new Promise((resolve) => client.socket.write(data, () => resolve()));
}

describe("bytes", () => {
  it.each([1, 2, 3])("of packets or of anything else come back the same in any pieces, seed %i", async (seed) => {
    const frames: Buffer[] = [];
    cloud.onSocket = (socket) =>
      socket.on("message", (data: Buffer) => {
        frames.push(data);
        socket.send(data);
      });
    gateway = await GatewayProcess.start(cloud.url);
    const next = random(seed);
    const packets = publishes(next, 400, 3000);
    const long = publishes(() => next(2) + 199_999, 1, 200_000);
    const anything = Buffer.from(Array.from({ length: 300_000 }, () => next(256)));
    const sent = Buffer.concat([packets, long, anything]);
    const client = await TcpClient.connect(gateway.port);
    for (let at = 0; at < sent.length;) {
      const end = at + 1 + next(next(8) === 0 ? 90_000 : 2000);
      await write(client, sent.subarray(at, end));
      at = end;
    }
    expect(hash(await client.bytes(sent.length))).toBe(hash(sent));
    client.socket.destroy();
    expect(Math.max(...frames.map(({ length }) => length))).toBeLessThanOrEqual(131_072);
  });

  it("that are whole packets leave in frames of whole packets, many in one, even when they come byte by byte", async () => {
    const frames: Buffer[] = [];
    cloud.onSocket = (socket) => socket.on("message", (data: Buffer) => frames.push(data));
    gateway = await GatewayProcess.start(cloud.url);
    const next = random(4);
    const packets = publishes(next, 20, 100);
    const client = await TcpClient.connect(gateway.port);
    for (const byte of packets) await write(client, Buffer.from([byte]));
    const burst = publishes(next, 500, 100);
    await write(client, burst);
    while (Buffer.concat(frames).length < packets.length + burst.length)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(Buffer.concat(frames)).toEqual(Buffer.concat([packets, burst]));
    const { toCloud } = (await gateway.report()) as { toCloud: { bytes: number; frames: number; packets: number } };
    expect(toCloud).toMatchObject({ bytes: packets.length + burst.length, frames: frames.length, packets: 520 });
    expect(frames.length).toBeLessThan(50);
    client.socket.destroy();
  });

  it("that the cloud does not take stop the client, not fill the memory, and arrive when it does", async () => {
    const sent = Buffer.alloc(48 * 1024 * 1024, "some bytes");
    gateway = await GatewayProcess.start(cloud.url);
    await gateway.event("cloud.reached");
    const opened = new Promise<WebSocket>((resolve) => {
      cloud.onSocket = (socket) => (socket.pause(), resolve(socket));
    });
    const client = await TcpClient.connect(gateway.port);
    const before = gateway.memoryBytes();
    let isWritten = false;
    void write(client, sent).then(() => (isWritten = true));
    const socket = await opened;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(isWritten).toBe(false);
    expect(gateway.memoryBytes() - before).toBeLessThan(24 * 1024 * 1024);
    const received = createHash("sha256");
    let bytes = 0;
    const complete = new Promise<void>((resolve) => {
      socket.on("message", (data: Buffer) => {
        received.update(data);
        bytes += data.length;
        if (bytes === sent.length) resolve();
      });
    });
    socket.resume();
    await complete;
    expect(received.digest("hex")).toBe(hash(sent));
    client.socket.destroy();
  });

  it("that the client does not read stop the cloud, not fill the memory, and arrive when it does", async () => {
    const piece = Buffer.alloc(16_384, "some bytes");
    const pieces = 3072;
    const opened = new Promise<WebSocket>((resolve) => {
      cloud.onSocket = (socket) => socket.on("message", () => resolve(socket));
    });
    gateway = await GatewayProcess.start(cloud.url);
    const client = await TcpClient.connect(gateway.port);
    client.socket.write(Buffer.from([0xc0, 0x00]));
    client.socket.pause();
    const socket = await opened;
    const before = gateway.memoryBytes();
    for (let i = 0; i < pieces; i++) socket.send(piece);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(socket.bufferedAmount).toBeGreaterThan(16 * 1024 * 1024);
    expect(gateway.memoryBytes() - before).toBeLessThan(24 * 1024 * 1024);
    socket.close(1000);
    const received = createHash("sha256");
    client.socket.removeAllListeners("data").on("data", (data: Buffer) => received.update(data));
    client.socket.resume();
    expect(await client.ended).toBe("FIN");
    expect(received.digest("hex")).toBe(hash(Buffer.concat(Array.from({ length: pieces }, () => piece))));
    client.socket.destroy();
  });
});

describe("connections", () => {
  it("beyond the limit are closed, and let in again when there is room", async () => {
    cloud.onSocket = (socket) => socket.on("message", (data) => socket.send(data));
    gateway = await GatewayProcess.start(cloud.url, "--max-connections", "2");
    const clients = [await TcpClient.connect(gateway.port), await TcpClient.connect(gateway.port)];
    const third = await TcpClient.connect(gateway.port);
    await third.ended;
    expect(await gateway.report()).toMatchObject({ open: 2, opened: 2, tooMany: 1 });
    clients[0]?.socket.destroy();
    for (let open = 2; open > 1;) open = (await gateway.report()).open as number;
    const fourth = await TcpClient.connect(gateway.port);
    fourth.socket.write("echo");
    expect(String(await fourth.bytes(4))).toBe("echo");
  });

  it("that send nothing are closed and cost the cloud nothing", async () => {
    gateway = await GatewayProcess.start(cloud.url);
    await gateway.event("cloud.reached");
    const before = cloud.handshakes;
    const client = await TcpClient.connect(gateway.port);
    await client.ended;
    expect(cloud.handshakes).toBe(before);
    // The client's end may be known here before it is there.
    await expect.poll(() => gateway.report(), { timeout: 10_000 }).toMatchObject({ silent: 1, open: 0 });
  });
});
