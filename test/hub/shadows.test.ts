import { describe, expect, it } from "vitest";
import { evictions, type TestDevice, TestHub } from "../support/hub.ts";
import type { TestClient } from "../support/mqtt-client.ts";

/** A connected device that listens to everything said of its shadow, under both names. */
async function listeningDevice(hub: TestHub): Promise<{ own: TestDevice; device: TestClient }> {
  const own = await hub.addDevice();
  const device = await hub.device(own);
  await device.subscribe(...answers.flatMap((path) => [`devices/${own.id}/${path}`, `$aws/things/${own.id}/${path}`]));
  return { own, device };
}

const answers = ["shadow/+/accepted", "shadow/+/rejected", "shadow/update/delta", "shadow/update/documents"];

/** As it comes: tests look into it and say what they expect. */
// oxlint-disable-next-line typescript/no-explicit-any
type Body = Record<string, any>;

async function nextBody(client: TestClient): Promise<[topic: string, body: Body]> {
  const { topic, text } = await client.nextMessage();
  return [topic, JSON.parse(text)];
}

async function bodies(client: TestClient, count: number): Promise<Record<string, Body>> {
  const all: Record<string, Body> = {};
  for (let i = 0; i < count; i++) {
    const [topic, body] = await nextBody(client);
    all[topic] = body;
  }
  return all;
}

describe.each(evictions)("a shadow, hub %s", (_, step) => {
  it("is updated, answered under the name that was asked, and told under both", async () => {
    const hub = new TestHub();
    const { own, device } = await listeningDevice(hub);
    const app = await hub.app();
    await step(hub);
    const before = Math.floor(Date.now() / 1000);
    app.publish(
      `$aws/things/${own.id}/shadow/update`,
      '{"state":{"desired":{"led":"on","at":[1,2]}},"clientToken":"t1"}',
      { qos: 1 },
    );
    await app.next("puback");
    const said = await bodies(device, 5);
    const stamp = { timestamp: said[`$aws/things/${own.id}/shadow/update/accepted`]?.timestamp };
    expect(stamp.timestamp).toBeGreaterThanOrEqual(before);
    const metadata = { led: stamp, at: [stamp, stamp] };
    const state = { led: "on", at: [1, 2] };
    const ending = { ...stamp, clientToken: "t1" };
    const delta = { state, metadata, version: 1, ...ending };
    const current = { state: { desired: state }, metadata: { desired: metadata }, version: 1 };
    const documents = { previous: null, current, ...ending };
    expect(said).toEqual({
      [`$aws/things/${own.id}/shadow/update/accepted`]: { ...current, ...ending },
      [`$aws/things/${own.id}/shadow/update/documents`]: documents,
      [`devices/${own.id}/shadow/update/documents`]: documents,
      [`$aws/things/${own.id}/shadow/update/delta`]: delta,
      [`devices/${own.id}/shadow/update/delta`]: delta,
    });
    await step(hub);

    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"reported":{"led":"on"}},"version":1}');
    const [[topic, accepted]] = [await nextBody(device)];
    expect(topic).toBe(`devices/${own.id}/shadow/update/accepted`);
    expect(accepted).toMatchObject({ state: { reported: { led: "on" } }, version: 2 });
    expect(accepted).not.toHaveProperty("clientToken");
    const rest = await bodies(device, 4);
    expect(rest[`devices/${own.id}/shadow/update/delta`]).toMatchObject({ state: { at: [1, 2] }, version: 2 });
    expect(rest[`devices/${own.id}/shadow/update/documents`]).toMatchObject({
      previous: current,
      current: { version: 2 },
    });
    await step(hub);

    device.publish(`devices/${own.id}/shadow/get`, "");
    const [, got] = await nextBody(device);
    expect(got).toMatchObject({
      state: { desired: state, reported: { led: "on" }, delta: { at: [1, 2] } },
      metadata: { desired: metadata },
      version: 2,
    });
    await step(hub);

    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"reported":{"at":[1,2]},"desired":{"led":"on"}}}');
    expect(Object.keys(await bodies(device, 3)).some((each) => each.endsWith("delta"))).toBe(false);
    await device.expectNoPacket();
    app.publish(`devices/${own.id}/shadow/update`, '{"state":{"desired":null}}');
    await bodies(device, 3);
    device.publish(`$aws/things/${own.id}/shadow/get`, '{"clientToken":"again"}');
    const [, last] = await nextBody(device);
    expect(last.state).toEqual({ reported: { led: "on", at: [1, 2] } });
    expect(last).toMatchObject({ version: 4, clientToken: "again" });
  });

  it("takes an update that changes nothing for done: the version stays, nothing new is told", async () => {
    const hub = new TestHub();
    const { own, device } = await listeningDevice(hub);
    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"reported":{"a":{"b":1}}}}');
    const first = await bodies(device, 3);
    await step(hub);
    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"reported":{"a":{"b":1}}},"version":1}');
    const [topic, body] = await nextBody(device);
    expect([topic, body]).toMatchObject([`devices/${own.id}/shadow/update/accepted`, { version: 1 }]);
    expect(body.metadata).toEqual(first[topic]?.metadata);
    await device.expectNoPacket();
  });

  it("refuses what is malformed, late or unknown, with AWS's codes", async () => {
    const hub = new TestHub();
    const { own, device } = await listeningDevice(hub);
    const ask = async (operation: string, payload: string, id = own.id) => {
      device.publish(`$aws/things/${id}/shadow/${operation}`, payload);
      return (await nextBody(device))[1];
    };
    expect(await ask("get", '{"clientToken":"g"}')).toMatchObject({
      code: 404,
      message: `No shadow exists with name: '${own.id}'`,
      clientToken: "g",
    });
    expect(await ask("delete", "")).toMatchObject({ code: 404 });
    expect(await ask("update", "{")).toMatchObject({ code: 400, message: "Invalid JSON" });
    expect(await ask("update", "{}")).toMatchObject({ code: 400, message: "Missing required node: state" });
    expect(await ask("update", '{"state":{},"version":1}')).toMatchObject({ code: 409, message: "Version conflict" });
    const large = { state: { desired: { text: "x".repeat(8200) } } };
    expect(await ask("update", JSON.stringify(large))).toMatchObject({ code: 413 });
    await step(hub);
    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"desired":{"a":1}}}');
    await bodies(device, 5);
    await step(hub);
    expect(await ask("update", '{"state":{"desired":{"a":2}},"version":9,"clientToken":"c"}')).toMatchObject({
      code: 409,
      clientToken: "c",
    });
    expect(await ask("update", '{"state":{"desired":{"a":2}},"version":0}')).toMatchObject({ code: 409 });
    expect(await ask("get", "")).toMatchObject({ state: { desired: { a: 1 } }, version: 1 });

    const app = await hub.app();
    await app.subscribe("$aws/things/+/shadow/update/rejected");
    app.publish("$aws/things/dev_nobody/shadow/update", '{"state":{}}');
    expect((await nextBody(app))[1]).toMatchObject({ code: 404, message: "Thing not found" });
  });

  it("is deleted, and its version goes on when it is made again", async () => {
    const hub = new TestHub();
    const { own, device } = await listeningDevice(hub);
    const topic = `devices/${own.id}/shadow/`;
    for (const value of [1, 2]) {
      device.publish(`${topic}update`, `{"state":{"reported":{"a":${value}}}}`);
      await bodies(device, 3);
    }
    await step(hub);
    device.publish(`${topic}delete`, '{"clientToken":"d"}');
    const [answer, gone] = await nextBody(device);
    expect([answer, gone]).toMatchObject([`${topic}delete/accepted`, { version: 2, clientToken: "d" }]);
    expect(Object.keys(gone).toSorted()).toEqual(["clientToken", "timestamp", "version"]);
    await step(hub);
    device.publish(`${topic}get`, "");
    expect(await nextBody(device)).toMatchObject([`${topic}get/rejected`, { code: 404 }]);
    device.publish(`${topic}update`, '{"state":{"reported":{"b":1}},"version":2}');
    const said = await bodies(device, 3);
    expect(said[`${topic}update/documents`]).toMatchObject({
      previous: null,
      current: { state: { reported: { b: 1 } }, version: 3 },
    });
  });

  it("has any number of names, each a shadow of its own", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    await device.subscribe(`$aws/things/${own.id}/shadow/name/+/+/accepted`, `devices/${own.id}/shadow/update/delta`);
    device.publish(`$aws/things/${own.id}/shadow/name/net:1/update`, '{"state":{"desired":{"dhcp":true}}}');
    expect(await nextBody(device)).toMatchObject([
      `$aws/things/${own.id}/shadow/name/net:1/update/accepted`,
      { version: 1 },
    ]);
    await step(hub);
    device.publish(`devices/${own.id}/shadow/name/net:1/update`, '{"state":{"desired":{"dhcp":false}}}');
    device.publish(`$aws/things/${own.id}/shadow/name/net:1/get`, "");
    expect((await nextBody(device))[1]).toMatchObject({ state: { delta: { dhcp: false } }, version: 2 });
    await device.subscribe(`devices/${own.id}/shadow/#`);
    expect(await device.nextMessage()).toMatchObject({
      topic: `devices/${own.id}/shadow/name/net:1/update/delta`,
      retain: true,
    });
    device.publish(`devices/${own.id}/shadow/get`, "");
    expect(await device.nextMessage()).toMatchObject({ topic: `devices/${own.id}/shadow/get/rejected` });
  });
});

describe.each(evictions)("a device that was away, hub %s", (_, step) => {
  it("gets one delta when it subscribes, not the history", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const app = await hub.app();
    for (const led of ["red", "green", "blue"]) {
      app.publish(`devices/${own.id}/shadow/update`, `{"state":{"desired":{"led":"${led}"}}}`, { qos: 1 });
      await app.next("puback");
      await step(hub);
    }
    const device = await hub.device(own);
    await device.subscribe(`$aws/things/${own.id}/shadow/update/delta`);
    const { topic, text, retain } = await device.nextMessage();
    expect([topic, retain]).toEqual([`$aws/things/${own.id}/shadow/update/delta`, true]);
    expect(JSON.parse(text)).toMatchObject({ state: { led: "blue" }, version: 3 });
    await device.expectNoPacket();
    await step(hub);
    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"reported":{"led":"blue"}}}', { qos: 1 });
    await device.next("puback");
    await device.subscribe(`devices/${own.id}/#`);
    expect((await device.nextMessage()).topic).toBe(`devices/${own.id}/presence`);
    await device.expectNoPacket();
  });

  it("gets it without subscribing again when its session was kept", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const kept = { clientId: "kept", clean: false, properties: { sessionExpiryInterval: 100 } };
    const first = await hub.device(own, kept);
    await first.subscribe({ topic: `devices/${own.id}/shadow/update/delta`, qos: 1 });
    first.send({ cmd: "disconnect" });
    await first.expectClosed();
    await step(hub);
    const app = await hub.app();
    for (const led of ["red", "green"]) {
      app.publish(`devices/${own.id}/shadow/update`, `{"state":{"desired":{"led":"${led}"}}}`, { qos: 1 });
      await app.next("puback");
    }
    await step(hub);
    const second = await hub.device(own, kept);
    expect(second.connack?.sessionPresent).toBe(true);
    const { text, qos } = await second.nextMessage();
    expect(qos).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ state: { led: "green" } });
    await second.expectNoPacket();
    app.publish(`devices/${own.id}/shadow/update`, '{"state":{"desired":{"led":"blue"}}}');
    expect(await second.nextMessage()).toMatchObject({ qos: 1, retain: false });
  });
});

describe("who may do what with a shadow", () => {
  it("lets a device change its own alone, desired too, and nobody write the answers", async () => {
    const hub = new TestHub();
    const { own, device } = await listeningDevice(hub);
    const other = await hub.addDevice();
    device.publish(`$aws/things/${other.id}/shadow/update`, '{"state":{}}', { qos: 1 });
    expect((await device.next("puback")).reasonCode).toBe(0x87);
    device.publish(`$aws/things/${own.id}/shadow/update/accepted`, "{}", { qos: 1 });
    expect((await device.next("puback")).reasonCode).toBe(0x87);
    device.publish(`devices/${own.id}/shadow/name/a/update/delta`, "{}", { qos: 1 });
    expect((await device.next("puback")).reasonCode).toBe(0x87);
    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"desired":{"a":1}}}');
    expect((await bodies(device, 5))[`devices/${own.id}/shadow/update/accepted`]).toMatchObject({ version: 1 });
  });

  it("keeps no retained message of a request", async () => {
    const hub = new TestHub();
    const { own, device } = await listeningDevice(hub);
    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"reported":{"a":1}}}', { retain: true });
    await bodies(device, 3);
    const app = await hub.app();
    await app.subscribe(`devices/${own.id}/shadow/#`);
    await app.expectNoPacket();
  });

  it("forgets the shadows of a deleted device", async () => {
    const hub = new TestHub();
    const { own, device } = await listeningDevice(hub);
    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"desired":{"a":1}}}');
    await bodies(device, 5);
    expect(await hub.stub.shadows(own.id)).toMatchObject({ value: [{ name: null, version: 1 }] });
    const grants = { publish: [], subscribe: [] };
    await hub.stub.applyCredentials([{ subject: own.id, version: Number.MAX_SAFE_INTEGER, gen: null, grants }]);
    expect(await hub.stub.shadows(own.id)).toEqual({ ok: true, value: [] });
    expect(await hub.stub.shadowHistory({ deviceId: own.id, name: null })).toEqual({ ok: true, value: "[]" });
  });
});
