// Unmodified MQTT clients over TCP and TLS, through the gateway, to the real server.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { type Packet, generate } from "mqtt-packet";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Api, MqttAccess } from "../../tools/api.ts";
import { TestServer } from "../support/server.ts";
import { GatewayProcess, TcpClient, makeCertificate } from "./gateway-process.ts";

const dir = mkdtempSync(join(tmpdir(), "homeport-gateway-"));
const { certFile, keyFile } = makeCertificate(dir);

let server: TestServer;
let api: Api;
let app: MqttAccess;
/** Through plain `/mqtt`, with TLS beside TCP, and through the path that names the user's hub. */
let relayed: GatewayProcess;
let direct: GatewayProcess;
const clients: MqttClient[] = [];

beforeAll(async () => {
  server = await TestServer.start();
  api = await server.createUser();
  app = await api.createAppToken("gateway", 1);
  relayed = await GatewayProcess.start(server.url, "--tls-cert", certFile, "--tls-key", keyFile);
  direct = await GatewayProcess.start(app.mqttUrl);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.end(true);
});
afterAll(async () => {
  await relayed?.stop();
  await direct?.stop();
  await server?.remove();
  rmSync(dir, { recursive: true, force: true });
});

async function connect(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const access = { username: "me", password: app.secret, reconnectPeriod: 0 };
  const client = await mqtt.connectAsync(url, { ...access, ...options }, false);
  client.on("error", () => {});
  clients.push(client);
  return client;
}

function nextMessage(client: MqttClient): Promise<{ topic: string; payload: Buffer }> {
  return new Promise((resolve) => client.once("message", (topic, payload) => resolve({ topic, payload })));
}

function connectPacket(clientId: string, more: object = {}): Buffer {
  const access = { username: "me", password: Buffer.from(app.secret) };
  const common = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 60 };
  return generate({ ...common, ...access, clientId, ...more } as Packet);
}

const connack = Buffer.from([0x20, 0x02, 0x00, 0x00]);

describe("the stock mqtt client", () => {
  const ways = ["TCP, relayed", "TLS, relayed", "TCP, direct"] as const;
  const cases = ways.flatMap((way) => ([4, 5] as const).map((protocolVersion) => ({ way, protocolVersion })));

  it.each(cases)("exchanges messages of every size over $way, version $protocolVersion", async (scenario) => {
    const { way, protocolVersion } = scenario;
    const url = {
      "TCP, relayed": `mqtt://127.0.0.1:${relayed.ports[0]}`,
      "TLS, relayed": `mqtts://127.0.0.1:${relayed.ports[1]}`,
      "TCP, direct": `mqtt://127.0.0.1:${direct.port}`,
    }[way];
    const options: IClientOptions = { protocolVersion, ...(way.startsWith("TLS") && { ca: readFileSync(certFile) }) };
    const phone = await connect(url, options);
    const lamp = await connect(url, options);
    await phone.subscribeAsync(`shared/${way}/#`, { qos: 1 });
    for (const bytes of [0, 1, 5000, 70_000, 200_000]) {
      const payload = Buffer.alloc(bytes, "payload ");
      const heard = nextMessage(phone);
      await lamp.publishAsync(`shared/${way}/${bytes}`, payload, { qos: 1 });
      const { topic, payload: arrived } = await heard;
      expect(topic).toBe(`shared/${way}/${bytes}`);
      expect(arrived.equals(payload)).toBe(true);
    }
  });

  it("hears why before it is closed, when its credential is revoked", async () => {
    const { id } = await api.createDevice("stolen");
    const { secret: password } = await api.issueCredential(id);
    const thief = await connect(`mqtt://127.0.0.1:${relayed.port}`, { password, protocolVersion: 5 });
    const reason = new Promise((resolve) => thief.once("disconnect", ({ reasonCode }) => resolve(reasonCode)));
    const closed = new Promise((resolve) => thief.once("close", () => resolve("closed")));
    await api.revokeCredential(id);
    expect(await reason).toBe(0x87);
    expect(await closed).toBe("closed");
  });

  it("comes back by itself after the cloud was killed and started again", async () => {
    const options = { reconnectPeriod: 100, clientId: "comes back" };
    const phone = await connect(`mqtt://127.0.0.1:${relayed.port}`, options);
    const gone = new Promise((resolve) => phone.once("close", () => resolve("closed")));
    await server.crash();
    expect(await gone).toBe("closed");
    const back = new Promise((resolve) => phone.once("connect", () => resolve("connected")));
    await server.start();
    expect(await back).toBe("connected");
    const heard = nextMessage(phone);
    await phone.subscribeAsync("shared/back", { qos: 1 });
    await phone.publishAsync("shared/back", "again", { qos: 1 });
    expect((await heard).payload.toString()).toBe("again");
  });
});

describe("byte by byte", () => {
  const gateways = [
    ["the relayed door", () => relayed.port],
    ["the direct door", () => direct.port],
  ] as const;

  it.each(gateways)("a CONNECT in single bytes is answered through %s", async (name, port) => {
    const client = await TcpClient.connect(port());
    for (const byte of connectPacket(`bytes ${name}`)) {
      await new Promise<void>((resolve) => client.socket.write(Buffer.from([byte]), () => resolve()));
    }
    expect(await client.bytes(4)).toEqual(connack);
    client.socket.destroy();
  });

  it.each(gateways)("a refusal arrives before the end through %s", async (name, port) => {
    const client = await TcpClient.connect(port());
    client.socket.write(connectPacket(`refused ${name}`, { password: Buffer.from("wrong") }));
    expect(await client.ended).toBe("FIN");
    expect(client.received).toEqual(Buffer.from([0x20, 0x02, 0x00, 0x04]));
    client.socket.destroy();
  });

  it.each(gateways)("what is no MQTT is closed without an answer through %s", async (_name, port) => {
    for (const bytes of ["GET / HTTP/1.1\r\nhost: there\r\n\r\n", "\x10\xff\xff\xff\xff\x7f", "\xc0\x00"]) {
      const client = await TcpClient.connect(port());
      client.socket.write(Buffer.from(bytes, "latin1"));
      expect(await client.ended).toBe("FIN");
      expect(client.received).toHaveLength(0);
      client.socket.destroy();
    }
  });

  it.each(gateways)("a half-closed client gets its answers, then the end, through %s", async (name, port) => {
    const client = await TcpClient.connect(port());
    const publish = generate({
      cmd: "publish",
      topic: "shared/a",
      payload: "b",
      qos: 1,
      messageId: 7,
      dup: false,
      retain: false,
    });
    client.socket.end(Buffer.concat([connectPacket(`half ${name}`), publish]));
    expect(await client.ended).toBe("FIN");
    expect(client.received).toEqual(Buffer.concat([connack, Buffer.from([0x40, 0x02, 0x00, 0x07])]));
  });

  const endings = {
    "FIN without DISCONNECT": (client: TcpClient) => client.socket.end(),
    RST: (client: TcpClient) => client.socket.resetAndDestroy(),
    "an open socket of a killed process": (client: TcpClient) => client.socket.destroy(),
  };
  const cases = gateways.flatMap(([door, port]) =>
    Object.entries(endings).map(([ending, end]) => ({ door, port, ending, end })),
  );
  it.each(cases)("the will is published after $ending through $door", async ({ door, port, ending, end }) => {
    const watcher = await connect(`mqtt://127.0.0.1:${direct.port}`);
    const topic = `shared/wills/${door}/${ending}`;
    await watcher.subscribeAsync(topic, { qos: 1 });
    const heard = nextMessage(watcher);
    const client = await TcpClient.connect(port());
    const will = { topic, payload: Buffer.from("gone"), qos: 1, retain: false };
    client.socket.write(connectPacket(`${door} ${ending}`, { will }));
    await client.bytes(4);
    end(client);
    expect((await heard).payload.toString()).toBe("gone");
  });

  it("no will is published after DISCONNECT, and the connection ends at once", async () => {
    const watcher = await connect(`mqtt://127.0.0.1:${direct.port}`);
    const messages: string[] = [];
    watcher.on("message", (topic) => messages.push(topic));
    await watcher.subscribeAsync("shared/quiet/#", { qos: 1 });
    const client = await TcpClient.connect(relayed.port);
    const will = { topic: "shared/quiet/will", payload: Buffer.from("gone"), qos: 0, retain: false };
    client.socket.write(Buffer.concat([connectPacket("quiet", { will }), generate({ cmd: "disconnect" })]));
    expect(await client.ended).toBe("FIN");
    await watcher.publishAsync("shared/quiet/last", "", { qos: 1 });
    while (!messages.includes("shared/quiet/last")) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(messages).toEqual(["shared/quiet/last"]);
  });
});

describe("with a token of its own", () => {
  it("the gateway lets clients in that have no password", async () => {
    const open = await GatewayProcess.start(server.url, "--token", app.secret);
    try {
      const phone = await connect(`mqtt://127.0.0.1:${open.port}`, { username: undefined, password: undefined });
      const heard = nextMessage(phone);
      await phone.subscribeAsync("shared/open", { qos: 1 });
      await phone.publishAsync("shared/open", "in", { qos: 1 });
      expect((await heard).payload.toString()).toBe("in");
    } finally {
      await open.stop();
    }
  });
});
