import { describe, expect, it } from "vitest";
import { createUser } from "../support/api.ts";
import { addDevice, connected, hubOf, steps } from "../support/connections.ts";
import { evictions, TestHub } from "../support/hub.ts";
import type { TestClient } from "../support/mqtt-client.ts";
import { inVirtualHub } from "../support/virtual-hub.ts";

async function nextEntry(client: TestClient) {
  const { topic, text, retain } = await client.nextMessage();
  return { topic, retain, ...JSON.parse(text) };
}

describe.each(evictions)("the live feed, hub %s", (_, step) => {
  it("tells who asks for it by name what happens to a device", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const topic = `devices/${own.id}/feed`;
    const app = await hub.app();
    await app.subscribe("devices/+/feed");
    await step(hub);
    const device = await hub.device(own);
    const isConnected = { topic, retain: false, type: "connected", protocol: "mqtt 5", at: expect.any(Number) };
    expect(await nextEntry(app)).toMatchObject(isConnected);
    await step(hub);
    device.publish(`devices/${own.id}/streams/t`, "21.5");
    const published = { type: "published", topic: `devices/${own.id}/streams/t`, bytes: 4, qos: 0, by: "device" };
    expect(JSON.parse((await app.nextMessage()).text)).toMatchObject(published);
    await step(hub);
    device.publish("devices/dev_other/streams/t", "1");
    expect(JSON.parse((await app.nextMessage()).text)).toMatchObject({ type: "refused", reasonCode: 0x87 });
    await step(hub);
    app.publish(`devices/${own.id}/shadow/update`, '{"state":{"desired":{"a":1}}}');
    const types = [JSON.parse((await app.nextMessage()).text), JSON.parse((await app.nextMessage()).text)];
    expect(types.map(({ type }) => type).toSorted()).toEqual(["configured", "published"]);
    await step(hub);
    device.send({ cmd: "disconnect" });
    expect(await nextEntry(app)).toMatchObject({ topic, type: "disconnected", reasonCode: 0 });
    await step(hub);
    app.send({ cmd: "unsubscribe", messageId: 9, unsubscriptions: ["devices/+/feed"] });
    await app.next("unsuback");
    await hub.device(own);
    await app.expectNoPacket();
  });

  it("is not turned on by who subscribes to everything", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const app = await hub.app();
    await app.subscribe(`devices/${own.id}/streams/#`);
    await app.subscribe(`devices/${own.id}/#`);
    await app.nextMessage(); // presence
    await step(hub);
    const device = await hub.device(own);
    expect((await app.nextMessage()).topic).toBe(`devices/${own.id}/presence`);
    await step(hub);
    device.publish(`devices/${own.id}/log`, "hello");
    expect((await app.nextMessage()).topic).toBe(`devices/${own.id}/log`);
    await app.expectNoPacket();
  });

  it("may be said by nobody but the hub", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    await step(hub);
    device.publish(`devices/${own.id}/feed`, "{}", { qos: 1, messageId: 1 });
    expect(await device.next("puback")).toMatchObject({ reasonCode: 0x87 });
  });
});

describe.each(steps)("the recorded feed, hub %s", (_, step) => {
  it("has errors alone until everything is asked for", async () => {
    const user = await createUser();
    const { id, credential } = await addDevice(user);
    expect((await user.get(`/v1/devices/${id}/feed`)).body).toEqual({ items: [], recordingUntil: null });
    const device = await connected(user, { password: credential });
    device.publish("shared/fine", "1");
    device.publish("forbidden", "1");
    await device.settle();
    const { body: errors } = await user.get(`/v1/devices/${id}/feed`);
    expect(errors.items).toEqual([{ at: expect.any(Number), type: "refused", topic: "forbidden", reasonCode: 0x87 }]);
    const { status, body } = await user.post(`/v1/devices/${id}/feed`, { seconds: 600 });
    expect(status).toBe(200);
    expect(body.recordingUntil).toBeGreaterThan(Date.now() + 590_000);
    await step(user);
    device.publish("shared/fine", "2");
    await device.settle();
    const { body: all } = await user.get(`/v1/devices/${id}/feed`);
    expect(all.recordingUntil).toBe(body.recordingUntil);
    expect(all.items.map(({ type }: { type: string }) => type)).toEqual(["refused", "published"]);
    expect(await user.delete(`/v1/devices/${id}`)).toMatchObject({ status: 204 });
    expect(await hubOf(user).feed(id)).toMatchObject({ value: { items: [] } });
  });

  it.each([{}, { seconds: 0 }, { seconds: 86_401 }, { seconds: 1.5 }, { seconds: "x" }])("refuses %j", async (body) => {
    const user = await createUser();
    const id = await user.addDevice();
    expect(await user.post(`/v1/devices/${id}/feed`, body)).toMatchObject({ status: 400 });
  });
});

describe("what the feed costs", () => {
  it("is nothing while nobody looks, and a row for all that happens within seconds while it is recorded", () =>
    inVirtualHub(async (hub) => {
      const { id, password } = await hub.addDevice();
      const device = hub.connect({ password });
      const publish = (times: number) => {
        for (let i = 0; i < times; i++) {
          device.send({ cmd: "publish", topic: "shared/a", payload: "1", qos: 0, dup: false, retain: false });
        }
      };
      const rowsWritten = hub.countRowsWritten();
      const { alarms } = hub;
      publish(50);
      expect([rowsWritten(), hub.alarms]).toEqual([0, alarms]);
      hub.broker.during(() => hub.parts.feed.record(id, 600));
      const recording = rowsWritten();
      publish(50);
      expect(rowsWritten()).toBe(recording);
      hub.pass(10);
      expect(rowsWritten()).toBe(recording + 1);
      hub.evict();
      const recorded = () => hub.broker.during(() => hub.parts.feed.recorded(id));
      expect(recorded().items).toHaveLength(50);
      publish(300);
      expect(recorded().items).toHaveLength(200);
      hub.pass(700);
      expect(recorded()).toMatchObject({ recordingUntil: null });
      const after = rowsWritten();
      publish(50);
      hub.pass(10);
      expect(rowsWritten()).toBe(after);
    }));
});
