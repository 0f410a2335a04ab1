import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { Broker } from "../../durable-objects/user-hub/broker/broker.ts";
import { textMessage } from "../../durable-objects/user-hub/broker/message.ts";
import { brokerSettings } from "../support/broker-settings.ts";
import { evictions, keys, TestHub } from "../support/hub.ts";

describe.each(evictions)("retained messages, hub %s", (_, step) => {
  it("are sent to new subscribers, replaced, and removed by an empty one", async () => {
    const hub = new TestHub();
    const app = await hub.app();
    app.publish("home/a", "1", { retain: true });
    app.publish("home/b", "2", { retain: true, qos: 1 });
    await app.next("puback");
    app.publish("home", "0", { retain: true });
    app.publish("homestead", "no", { retain: true });
    await app.settle();
    await step(hub);
    const late = await hub.app();
    await late.subscribe({ topic: "home/#", qos: 1 });
    const texts = [await late.nextMessage(), await late.nextMessage(), await late.nextMessage()];
    expect(texts.map(({ text, retain, qos }) => [text, retain, qos])).toEqual([
      ["0", true, 0],
      ["1", true, 0],
      ["2", true, 1],
    ]);
    await late.expectNoPacket();
    await step(hub);

    app.publish("home/a", "3", { retain: true });
    expect(await late.nextMessage()).toMatchObject({ text: "3", retain: false });
    app.publish("home/b", "", { retain: true });
    expect(await late.nextMessage()).toMatchObject({ text: "", retain: false });
    await step(hub);
    const third = await hub.app();
    await third.subscribe("home/+");
    expect(await third.nextMessage()).toMatchObject({ topic: "home/a", text: "3", retain: true });
    await third.expectNoPacket();
  });

  it("obey retain handling and retain as published", async () => {
    const hub = new TestHub();
    const app = await hub.app();
    app.publish("r", "1", { retain: true });
    await app.settle();
    const other = await hub.app();
    await other.subscribe({ topic: "r", rh: 2, rap: true });
    await other.expectNoPacket();
    await step(hub);
    await other.subscribe({ topic: "r", rh: 1, rap: true });
    await other.expectNoPacket();
    await other.subscribe({ topic: "r", rh: 0, rap: true });
    expect(await other.nextMessage()).toMatchObject({ retain: true });
    await step(hub);
    app.publish("r", "2", { retain: true });
    expect(await other.nextMessage()).toMatchObject({ text: "2", retain: true });
  });

  it("keep their MQTT 5 properties and count their expiry down", async () => {
    const hub = new TestHub();
    const app = await hub.app();
    const properties = { messageExpiryInterval: 100, contentType: "text/plain", userProperties: { room: "attic" } };
    app.send({ cmd: "publish", topic: "p", payload: "x", qos: 0, retain: true, dup: false, properties });
    app.send({
      cmd: "publish",
      topic: "q",
      payload: "x",
      qos: 0,
      retain: true,
      dup: false,
      properties: { messageExpiryInterval: 0 },
    });
    await app.settle();
    await step(hub);
    const late = await hub.app();
    await late.subscribe("p", "q");
    const { properties: received } = await late.next("publish");
    expect(received).toMatchObject({ contentType: "text/plain", userProperties: { room: "attic" } });
    expect(received?.messageExpiryInterval).toBeGreaterThan(90);
    expect(received?.messageExpiryInterval).toBeLessThanOrEqual(100);
    await late.expectNoPacket();
  });
});

it("retained messages are bounded: one too many is refused, a replacement is not", async () => {
  const hub = new TestHub();
  await runInDurableObject(hub.stub, (_, state) => {
    let now = 1000;
    const settings = brokerSettings({ hubId: hub.id, keys, maxRetainedMessages: 2 });
    const { sql } = state.storage;
    const broker = new Broker({ sql, settings, now: () => now, sockets: [], alarmAt: null, setAlarm: () => {} });
    const keep = (topic: string, text: string, expiresAt: number | null = null) =>
      broker.publish({ ...textMessage(topic, text, { qos: 1, retain: true }), expiresAt });
    expect(keep("a", "1")).toBe(0);
    expect(keep("b", "1", 5000)).toBe(0);
    expect(keep("c", "1")).toBeNull();
    expect(keep("a", "2")).toBe(0);
    now = 6000; // b has expired and makes room
    expect(keep("c", "1")).toBe(0);
    expect(keep("c", "")).toBe(0);
    expect(keep("d", "1")).toBe(0);
  });
});
