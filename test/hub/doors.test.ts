import { evictDurableObject, listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { makeHubKey } from "../../src/identity/hub-key.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import { signDeviceCredential } from "../../src/identity/tokens.ts";
import { reasonCode } from "../../src/protocols/mqtt/reason-codes.ts";
import { evictions, keys, TestHub } from "../support/hub.ts";
import { connectPacket, openClient, publishPacket, upgrade } from "../support/mqtt-client.ts";

const strangeKeys = readKeyRing(`t1:${Buffer.alloc(32, 1).toString("base64url")}`);

/** The same but for its last character. */
const otherLast = (key: string) => key.slice(0, -1) + (key.endsWith("_") ? "-" : "_");

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe.each(evictions)("a socket finds its hub, hub %s,", (_, step) => {
  it.each([
    { door: "the hub key in the path", open: (hub: TestHub) => ({ path: hub.path, headers: {} }), password: true },
    {
      door: "a bearer token",
      open: (_hub: TestHub, token: string) => ({ path: "/mqtt", headers: { authorization: `Bearer ${token}` } }),
      password: false,
    },
    {
      door: "basic authentication",
      open: (_hub: TestHub, token: string) => ({ path: "/mqtt", headers: { authorization: basic("lamp", token) } }),
      password: false,
    },
    {
      door: "a second subprotocol",
      open: (_hub: TestHub, token: string) => ({
        path: "/mqtt",
        headers: { "sec-websocket-protocol": `mqtt, bearer.${token}` },
      }),
      password: false,
    },
    {
      door: "hub key and token",
      open: (hub: TestHub, token: string) => ({ path: hub.path, headers: { authorization: `Bearer ${token}` } }),
      password: false,
    },
    { door: "its password alone (relayed)", open: () => ({ path: "/mqtt", headers: {} }), password: true },
  ])("by $door", async ({ open, password }) => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const app = await hub.app();
    await app.subscribe("shared/#");
    await step(hub);
    const { path, headers } = open(hub, own.credential);
    const device = await openClient(path, headers);
    expect((await device.connect(password ? { password: own.credential } : {})).reasonCode).toBe(0);
    await step(hub);
    device.publish("shared/hello", "x", { qos: 1 });
    expect((await app.nextMessage()).text).toBe("x");
    await device.next("puback");
    await device.subscribe(`devices/${own.id}/set/+`);
    await step(hub);
    app.publish(`devices/${own.id}/set/led`, "on");
    expect((await device.nextMessage()).text).toBe("on");
    device.send({ cmd: "disconnect" });
    expect((await device.expectClosed()).code).toBe(1000);
  });
});

it("the relayed door hears out a client that has said all and gone before its hub was ready", async () => {
  const hub = new TestHub();
  const watcher = await hub.app();
  await watcher.subscribe("last");
  const client = await openClient("/mqtt");
  client.send(connectPacket({ password: await hub.appJwt() }, client), publishPacket("last", "words"));
  client.drop();
  expect(await watcher.nextMessage()).toMatchObject({ text: "words" });
});

it("the relayed door takes a CONNECT in pieces, with packets right behind it, and passes closes both ways", async () => {
  const hub = new TestHub();
  const own = await hub.addDevice();
  const app = await hub.app();
  await app.subscribe("shared/#", "devices/+/presence");
  await app.nextMessage();
  const device = await openClient("/mqtt");
  const bytes = Buffer.concat([
    device.encode(connectPacket({ password: own.credential }, device)),
    device.encode(publishPacket("shared/early", "1")),
  ]);
  device.sendBytes(bytes.subarray(0, 5));
  device.sendBytes(bytes.subarray(5, 60));
  device.sendBytes(bytes.subarray(60));
  device.publish("shared/early", "2");
  await device.next("connack");
  expect(JSON.parse((await app.nextMessage()).text)).toMatchObject({ online: true });
  expect((await app.nextMessage()).text).toBe("1");
  expect((await app.nextMessage()).text).toBe("2");
  device.sendText("not MQTT");
  expect((await device.next("disconnect")).reasonCode).toBe(reasonCode.protocolError);
  expect((await device.expectClosed()).code).toBe(1002);
  const again = await openClient("/mqtt");
  await again.connect({ password: own.credential });
  await app.nextMessage();
  await app.nextMessage();
  again.drop();
  expect(JSON.parse((await app.nextMessage()).text)).toMatchObject({ online: false });
});

it("answers with the subprotocol mqtt or its older name, and with none to a client that offers none", async () => {
  const hub = new TestHub();
  const offering = await upgrade(hub.path, { "sec-websocket-protocol": "chat, mqtt" });
  expect(offering.headers.get("sec-websocket-protocol")).toBe("mqtt");
  for (const path of [hub.path, "/mqtt"]) {
    const silent = await upgrade(path, { "sec-websocket-protocol": "" });
    expect([silent.status, silent.headers.get("sec-websocket-protocol")]).toEqual([101, null]);
    const older = await upgrade(path, { "sec-websocket-protocol": "mqttv3.1" });
    expect([older.status, older.headers.get("sec-websocket-protocol")]).toEqual([101, "mqttv3.1"]);
    const other = await upgrade(path, { "sec-websocket-protocol": "chat" });
    expect(other.status).toBe(400);
  }
});

it("a plain GET is told to upgrade", async () => {
  const response = await upgrade("/mqtt", { upgrade: "" });
  expect(response.status).toBe(426);
  expect(await response.json()).toMatchObject({ error: { code: "upgrade_required" } });
});

describe("a stranger wakes no hub", () => {
  async function attempts(hub: TestHub): Promise<[string, Record<string, string>, string?][]> {
    const device = await hub.addDevice();
    const forged = await signDeviceCredential(strangeKeys, { deviceId: device.id, hubId: hub.id, gen: 1 });
    return [
      [`/mqtt/${hub.id}`, {}],
      [`/mqtt/${makeHubKey(strangeKeys, hub.id)}`, {}],
      [`/mqtt/${otherLast(hub.key)}`, {}],
      [`/mqtt/${hub.key}x`, {}],
      ["/mqtt/hub_", {}],
      [`/mqtt/${otherLast(makeHubKey(keys, newId("hub")))}`, {}],
      ["/mqtt", { authorization: `Bearer ${forged}` }],
      ["/mqtt", { authorization: "Bearer " }],
      ["/mqtt", { authorization: basic("x", forged) }],
      ["/mqtt", { "sec-websocket-protocol": `mqtt, bearer.${forged}` }],
      [hub.path, { authorization: `Bearer ${forged}` }],
      [new TestHub().path, { authorization: `Bearer ${device.credential}` }],
      ["/mqtt", { authorization: `Bearer ${await hub.appJwt(Date.now() - 1)}` }],
    ];
  }

  it("by an upgrade: each gets the same 401", async () => {
    const hub = new TestHub();
    const all = await attempts(hub);
    await evictDurableObject(hub.stub);
    const hubsBefore = (await listDurableObjectIds(env.USER_HUB)).length;
    const answers = new Set<string>();
    for (const [path, headers] of all) {
      const response = await upgrade(path, headers);
      const body = (await response.json()) as { error: { requestId: string } };
      answers.add(JSON.stringify([response.status, { ...body.error, requestId: "" }]));
    }
    expect([...answers]).toEqual([expect.stringContaining("[401,")]);
    expect((await listDurableObjectIds(env.USER_HUB)).length).toBe(hubsBefore);
    await expect(async () => evictDurableObject(hub.stub)).rejects.toThrow("not currently running");
  });

  it("by a CONNECT through the relayed door", async () => {
    const hub = new TestHub();
    const device = await hub.addDevice();
    await evictDurableObject(hub.stub);
    const hubsBefore = (await listDurableObjectIds(env.USER_HUB)).length;
    const forged = await signDeviceCredential(strangeKeys, { deviceId: device.id, hubId: hub.id, gen: 1 });
    for (const password of [undefined, "", "x", forged, await hub.appJwt(Date.now() - 1)]) {
      const client = await openClient("/mqtt");
      const connack = await client.connect(password === undefined ? {} : { password });
      expect(connack.reasonCode).toBe(reasonCode.badUserNameOrPassword);
      expect((await client.expectClosed()).code).toBe(1008);
      const old = await openClient("/mqtt");
      const answer = await old.connect({ protocolVersion: 4, ...(password !== undefined && { password }) });
      expect(answer.returnCode).toBe(4);
      await old.expectClosed();
    }
    for (const bytes of [
      [0x30, 3, 0, 1, 0x61],
      [0xff, 0xff],
      [0x10, 0xff, 0xff, 0x7f],
    ]) {
      const client = await openClient("/mqtt");
      client.sendBytes(bytes);
      await client.expectClosed();
      await client.expectNoPacket();
    }
    expect((await listDurableObjectIds(env.USER_HUB)).length).toBe(hubsBefore);
    await expect(async () => evictDurableObject(hub.stub)).rejects.toThrow("not currently running");
  });
});
