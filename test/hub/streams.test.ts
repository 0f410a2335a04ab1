// What is published to streams, on the real object: last values as retained messages, running minutes, and what they cost.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { UserHub } from "../../durable-objects/user-hub/user-hub.ts";
import { evictions, TestHub } from "../support/hub.ts";
import { countRowsWritten } from "../support/row-counter.ts";
import { minutesOf, rowsOf } from "../support/streams.ts";

const value = async (hub: TestHub, deviceId: string, name: string) => {
  const answer = await hub.stub.streams(deviceId);
  return answer.ok ? answer.value.find((stream) => stream.name === name) : undefined;
};

describe.each(evictions)("a stream, the hub %s", (_, pause) => {
  it("has the mean, minimum, maximum and count of each minute: 10 and 20 within one give 15", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    await pause(hub);
    device.publish(`devices/${own.id}/streams/t`, "10");
    await device.settle();
    await pause(hub);
    device.publish(`devices/${own.id}/streams/t`, "20");
    await device.settle();
    await pause(hub);
    const slots = await minutesOf(hub, own.id, "t");
    // Both, unless a minute ended between them.
    const count = slots.reduce((sum, slot) => sum + slot.count, 0);
    expect(count).toBe(2);
    if (slots.length === 1) expect(slots[0]).toMatchObject({ count: 2, sum: 30, min: 10, max: 20 });
    expect(await rowsOf(hub)).toEqual({ devices: 0, hours: 0 });
  });

  it("is written when its connection ends", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    device.publish(`devices/${own.id}/streams/t`, "10");
    device.publish(`devices/${own.id}/streams/mode`, "eco");
    await device.settle();
    await pause(hub);
    device.send({ cmd: "disconnect" });
    await device.expectClosed();
    await pause(hub);
    expect(await rowsOf(hub)).toEqual({ devices: 1, hours: 0 });
    expect(await minutesOf(hub, own.id, "t")).toMatchObject([{ count: 1, sum: 10 }]);
    expect(await value(hub, own.id, "mode")).toMatchObject({ kind: "text", value: "eco" });
  });

  it("is written when its connection is lost or taken over", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const first = await hub.device(own, { clientId: "lamp" });
    first.publish(`devices/${own.id}/streams/t`, "10");
    await first.settle();
    await pause(hub);
    const second = await hub.device(own, { clientId: "lamp" });
    expect(await rowsOf(hub)).toEqual({ devices: 1, hours: 0 });
    second.publish(`devices/${own.id}/streams/t`, "20");
    await second.settle();
    await pause(hub);
    second.drop();
    await expect
      .poll(async () => (await minutesOf(hub, own.id, "t")).reduce((sum, { count }) => sum + count, 0))
      .toBe(2);
  });

  it("gives a new subscriber its last value as a retained message, whether or not it was retained", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    const rowsWritten = await countRowsWritten(hub);
    const publish = (name: string, text: string, retain: boolean) =>
      device.publish(`devices/${own.id}/streams/${name}`, text, { retain });
    publish("t", "21.5", true);
    publish("on", "true", true);
    publish("mode", "eco", false);
    publish("led", "on", true);
    publish("gone", "1", true);
    publish("gone", "", true);
    await device.settle();
    expect(await rowsWritten()).toBe(0);
    await pause(hub);
    const app = await hub.app();
    await app.subscribe(`devices/${own.id}/streams/+`);
    const found: Record<string, string> = {};
    for (let i = 0; i < 4; i++) {
      const { topic, text, retain } = await app.nextMessage();
      expect(retain).toBe(true);
      found[topic.split("/")[3] ?? ""] = text;
    }
    expect(found).toEqual({ t: "21.5", on: "true", mode: "eco", led: "on" });
    await app.expectNoPacket();
    await pause(hub);
    device.send({ cmd: "disconnect" });
    await device.expectClosed();
    await pause(hub);
    const later = await hub.app();
    await later.subscribe(`devices/${own.id}/streams/t`);
    expect(await later.nextMessage()).toMatchObject({ retain: true, topic: `devices/${own.id}/streams/t` });
    await later.expectNoPacket();
    const all = await hub.app();
    await all.subscribe(`devices/${own.id}/streams`);
    expect(JSON.parse((await all.nextMessage()).text)).toEqual({ t: 21.5, on: true, mode: "eco", led: "on" });
  });

  it("takes a JSON object with a stream for each key, and values with their own times", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    const hourAgo = Math.floor((Date.now() - 3_600_000) / 60_000) * 60_000;
    const late = [10, 20].map((number) => ({ value: number, at: hourAgo }));
    const earlier = { value: 7, at: hourAgo - 60_000 };
    device.publish(`devices/${own.id}/streams/t`, JSON.stringify([...late, earlier]));
    device.publish(`devices/${own.id}/streams`, JSON.stringify({ h: 40, on: true, at: hourAgo }));
    device.publish(`devices/${own.id}/streams/t`, "5");
    await device.settle();
    await pause(hub);
    const tooOld = { value: 1, at: Date.now() - 91 * 86_400_000 };
    const tooEarly = { value: 1, at: Date.now() + 400_000 };
    device.publish(`devices/${own.id}/streams/t`, JSON.stringify([tooOld, tooEarly]));
    await device.settle();
    await pause(hub);
    device.send({ cmd: "disconnect" });
    await device.expectClosed();
    const [first, second, third, ...more] = await minutesOf(hub, own.id, "t");
    expect(first).toMatchObject({ index: hourAgo / 60_000 - 1, count: 1, sum: 7 });
    expect(second).toMatchObject({ index: hourAgo / 60_000, count: 2, sum: 30, min: 10, max: 20 });
    expect(third).toMatchObject({ count: 1, sum: 5 });
    expect(more).toEqual([]);
    expect(await value(hub, own.id, "t")).toMatchObject({ value: 5 });
    expect(await value(hub, own.id, "h")).toMatchObject({ value: 40, at: hourAgo });
    expect(await value(hub, own.id, "on")).toMatchObject({ value: true, at: hourAgo });
  });

  it("tells who listens to one stream what an object says of it, the latest if there are several", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    const app = await hub.app();
    await app.subscribe(`devices/${own.id}/streams/t`);
    await app.subscribe(`devices/${own.id}/streams/on`);
    await pause(hub);
    const at = Date.now() - 60_000;
    device.publish(`devices/${own.id}/streams`, JSON.stringify({ t: 21.5, on: true, unheard: 1 }));
    const late = [at, at - 1].map((each) => ({ value: 7, at: each }));
    device.publish(`devices/${own.id}/streams`, JSON.stringify({ t: late, on: { value: false, at: 1 } }));
    await device.settle();
    const heard = [await app.nextMessage(), await app.nextMessage(), await app.nextMessage()];
    expect(heard.map(({ topic, text }) => [topic.split("/").at(-1), text])).toEqual([
      ["t", "21.5"],
      ["on", "true"],
      ["t", JSON.stringify({ value: 7, at })],
    ]);
    await app.expectNoPacket();
  });

  it("adds up what several connections and the API publish to it", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const topic = `devices/${own.id}/streams/t`;
    const [one, two, app] = await Promise.all([hub.device(own), hub.device(own), hub.app()]);
    const at = Math.floor(Date.now() / 60_000) * 60_000;
    for (const [i, client] of [one, two, app, one].entries()) {
      client.publish(topic, JSON.stringify({ value: i, at: at + i }));
      await client.settle();
      await pause(hub);
    }
    const payload = new TextEncoder().encode(JSON.stringify({ value: 9, at: at + 9 }));
    await hub.stub.publish({ topic, payload, qos: 0, retain: false });
    await pause(hub);
    const sum = { index: at / 60_000, count: 5, sum: 15, min: 0, max: 9 };
    expect(await minutesOf(hub, own.id, "t")).toEqual([sum]);
    expect(await value(hub, own.id, "t")).toMatchObject({ value: 9 });
    for (const client of [two, app, one]) {
      client.send({ cmd: "disconnect" });
      await client.expectClosed();
      await pause(hub);
      expect(await minutesOf(hub, own.id, "t")).toEqual([sum]);
    }
    expect(await value(hub, own.id, "t")).toMatchObject({ value: 9 });
  });

  it("is written by one alarm, when nothing more comes", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    device.publish(`devices/${own.id}/streams/t`, "10");
    await device.settle();
    const alarmAt = await runInDurableObject(hub.stub, (_instance, state) => state.storage.getAlarm());
    expect(alarmAt).toBeGreaterThan(Date.now() + 3_500_000);
    expect(alarmAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
    await pause(hub);
    await runDurableObjectAlarm(hub.stub);
    // Not before its time.
    expect(await rowsOf(hub)).toEqual({ devices: 0, hours: 0 });
  });
});

it("what a part of the hub does not take goes its way: topics below a stream, devices there are not", async () => {
  const hub = new TestHub();
  const own = await hub.addDevice();
  const device = await hub.device(own);
  const app = await hub.app();
  device.publish(`devices/${own.id}/streams/a/b`, "1", { retain: true });
  app.publish("devices/nobody/streams/t", "1", { retain: true });
  await Promise.all([device.settle(), app.settle()]);
  const later = await hub.app();
  await later.subscribe(`devices/${own.id}/streams/a/b`, "devices/nobody/streams/t");
  expect((await later.nextMessage()).text).toBe("1");
  expect((await later.nextMessage()).text).toBe("1");
  expect(await hub.stub.streams(own.id)).toEqual({ ok: true, value: [] });
});

it("what is counted fits into an attachment that is full of everything else", async () => {
  const hub = new TestHub();
  const own = await hub.addDevice();
  const device = await hub.device(own, { clientId: "c".repeat(256) });
  for (let i = 0; i < 40; i++) await device.subscribe(`devices/${own.id}/${"s".repeat(60)}${i}`);
  for (let i = 1; i <= 10; i++) {
    const topic = `shared/${"a".repeat(90)}${i}`;
    device.send({
      cmd: "publish",
      topic,
      payload: "",
      qos: 0,
      retain: false,
      dup: false,
      properties: { topicAlias: i },
    });
  }
  for (let i = 0; i < 120; i++) {
    device.publish(`devices/${own.id}/streams/number-${i}`, String(i));
    device.publish(`devices/${own.id}/streams/text-${i % 20}`, "ß".repeat(128));
    await device.settle();
  }
  device.sendBytes(
    device
      .encode({ cmd: "publish", topic: "shared/x", payload: "x".repeat(4000), qos: 0, retain: false, dup: false })
      .subarray(0, 2000),
  );
  device.sendBytes([]);
  await hub.evict();
  const streams = await hub.stub.streams(own.id);
  expect(streams.ok && streams.value.length).toBeGreaterThanOrEqual(100);
});

it("its unit and label are its owner's, and stay when it is published to", async () => {
  const hub = new TestHub();
  const own = await hub.addDevice();
  const device = await hub.device(own);
  device.publish(`devices/${own.id}/streams/t`, "10");
  await device.settle();
  expect(await hub.stub.changeStream(own.id, "h", { unit: "%" })).toMatchObject({ ok: false, code: "not_found" });
  await hub.stub.changeStream(own.id, "t", { unit: "°C" });
  await hub.stub.changeStream(own.id, "t", { label: "Room" });
  device.publish(`devices/${own.id}/streams/t`, "11");
  await device.settle();
  expect(await value(hub, own.id, "t")).toMatchObject({ value: 11, unit: "°C", label: "Room" });
  await hub.stub.changeStream(own.id, "t", { unit: null });
  expect(await value(hub, own.id, "t")).toMatchObject({ unit: null, label: "Room" });
});

it("the handler of a message to it is synchronous", async () => {
  const hub = new TestHub();
  const own = await hub.addDevice();
  const device = await hub.device(own);
  await device.settle();
  await runInDurableObject(hub.stub, (instance: UserHub, state) => {
    const [socket] = state.getWebSockets();
    const topic = `devices/${own.id}/streams/t`;
    const frame = device.encode({ cmd: "publish", topic, payload: "1", qos: 0, retain: false, dup: false });
    expect(instance.webSocketMessage(socket as WebSocket, new Uint8Array(frame).buffer)).toBeUndefined();
  });
  expect(await value(hub, own.id, "t")).toMatchObject({ value: 1 });
});
