// Sessions that outlive connections, and what is sent again: sections 3.1.2, 4.1, 4.4, 4.5 and 4.6 of both versions.
import { describe, expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { publishPacket, type TestClient } from "../support/mqtt-client.ts";
import { describeBoth, persistent, type Version } from "../support/mqtt-versions.ts";
import { passSeconds, useManualClock } from "../support/time.ts";

const clientId = "reader";

function reconnect(hub: TestHub, version: Version): Promise<TestClient> {
  return hub.app({ ...persistent(version), clientId });
}

async function leave(client: TestClient): Promise<void> {
  client.drop();
  await client.closed;
}

async function deliver(writer: TestClient, topic: string, text: string, qos: 1 | 2, messageId = 1): Promise<void> {
  writer.publish(topic, text, { qos, messageId });
  if (qos === 1) return void (await writer.next("puback"));
  await writer.next("pubrec");
  writer.send({ cmd: "pubrel", messageId });
  await writer.next("pubcomp");
}

describeBoth("a session that outlives its connection", (version, step) => {
  it("keeps its subscriptions and QoS 1 and 2 messages for its client, in their order [MQTT-3.1.2-5] [MQTT-3.1.2-23] [MQTT-4.5.0-1] [MQTT3-3.1.2-4] [MQTT3-3.1.2-5] [MQTT3-4.1.0-1] [MQTT3-4.5.0-1]", async () => {
    const hub = new TestHub();
    const reader = await reconnect(hub, version);
    await reader.subscribe({ topic: "q/#", qos: 2 }, { topic: "zero", qos: 0 });
    await step(hub);
    await leave(reader);
    await step(hub);
    const writer = await hub.app({ protocolVersion: version });
    for (let i = 1; i <= 6; i++) {
      await deliver(writer, "q/a", String(i), i % 2 === 0 ? 2 : 1, i);
      writer.publish("q/a", "QoS 0");
      await deliver(writer, "zero", "granted QoS 0", 1);
      await step(hub);
    }
    const back = await reconnect(hub, version);
    expect(back.connack?.sessionPresent).toBe(true);
    const texts: Record<number, string[]> = { 1: [], 2: [] };
    for (let i = 1; i <= 6; i++) {
      const { text, qos, retain } = await back.nextMessage();
      expect(retain).toBe(false);
      texts[qos]?.push(text);
    }
    expect(texts).toEqual({ 1: ["1", "3", "5"], 2: ["2", "4", "6"] });
    await step(hub);
    await back.expectNoPacket();
    await deliver(writer, "q/b", "live", 1);
    expect((await back.nextMessage()).text).toBe("live");
  });

  it("sends again what was not acknowledged, with DUP and the same packet ids, in the same order, and nothing else [MQTT-4.4.0-1] [not MQTT-4.4.0-1] [MQTT-3.3.1-1] [MQTT3-3.3.1-1] [MQTT-4.3.2-3] [MQTT-4.3.3-3] [MQTT3-4.4.0-1] [MQTT3-4.6.0-6] [MQTT3-4.3.2-1]", async () => {
    const hub = new TestHub();
    const reader = await reconnect(hub, version);
    await reader.subscribe({ topic: "q", qos: 2 });
    const writer = await hub.app({ protocolVersion: version });
    const sent: [number, string, number | undefined][] = [];
    for (let i = 1; i <= 6; i++) {
      await deliver(writer, "q", String(i), i % 2 === 0 ? 2 : 1, i);
      const { qos, text, messageId } = await reader.nextMessage();
      sent.push([qos, text, messageId]);
      await step(hub);
    }
    reader.send({ cmd: "puback", messageId: sent[0]?.[2] as number });
    await reader.settle();
    expect(reader.remainingHex()).toEqual([]); // nothing is sent again while the connection lasts
    await leave(reader);
    for (let round = 0; round < 2; round++) {
      await step(hub);
      const back = await reconnect(hub, version);
      const again: typeof sent = [];
      for (let i = 0; i < 5; i++) {
        const { qos, payload, messageId, dup } = await back.next("publish");
        expect(dup).toBe(true);
        again.push([qos, payload.toString(), messageId]);
      }
      expect(again).toEqual(sent.slice(1));
      await back.expectNoPacket();
      await leave(back);
    }
  });

  it("sends PUBREL again, and not the PUBLISH before it [MQTT-4.4.0-1] [MQTT-4.3.3-5] [not MQTT-4.3.3-6] [MQTT3-4.4.0-1] [MQTT3-4.3.3-1] [not MQTT3-4.3.3-1]", async () => {
    const hub = new TestHub();
    const reader = await reconnect(hub, version);
    await reader.subscribe({ topic: "q", qos: 2 });
    await deliver(await hub.app({ protocolVersion: version }), "q", "x", 2);
    const { messageId } = await reader.next("publish");
    reader.send({ cmd: "pubrec", messageId });
    await reader.next("pubrel");
    await step(hub);
    await leave(reader);
    await step(hub);
    const back = await reconnect(hub, version);
    expect(await back.next("pubrel")).toMatchObject({ messageId });
    await step(hub);
    back.send({ cmd: "pubcomp", messageId });
    await back.settle();
    expect(back.remainingHex()).toEqual([]);
    await leave(back);
    await (await reconnect(hub, version)).expectNoPacket();
  });

  it("remembers the packet ids of QoS 2 that came in, so that a repeat is delivered to nobody [not MQTT-4.3.3-10] [not MQTT3-4.3.3-2]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe({ topic: "q", qos: 2 });
    const writer = await reconnect(hub, version);
    writer.publish("q", "once", { qos: 2, messageId: 5 });
    await writer.next("pubrec");
    expect((await watcher.nextMessage()).text).toBe("once");
    await step(hub);
    await leave(writer);
    await step(hub);
    const back = await reconnect(hub, version);
    back.send({ ...publishPacket("q", "once", { qos: 2, messageId: 5 }), dup: true } as Parameters<
      TestClient["send"]
    >[0]);
    expect(await back.nextHex()).toBe("50 02 00 05");
    await step(hub);
    back.send({ cmd: "pubrel", messageId: 5 });
    expect(await back.nextHex()).toBe("70 02 00 05");
    await watcher.expectNoPacket();
  });

  it("is gone after a clean start, with all that waited [MQTT-3.1.2-4] [MQTT-3.1.4-4] [MQTT-3.1.2-6] [MQTT3-3.1.2-6] [not MQTT3-3.1.2-6] [MQTT3-3.1.4-3]", async () => {
    const hub = new TestHub();
    const reader = await reconnect(hub, version);
    await reader.subscribe({ topic: "q", qos: 1 });
    await leave(reader);
    await step(hub);
    const writer = await hub.app({ protocolVersion: version });
    await deliver(writer, "q", "lost", 1);
    await step(hub);
    const clean = await hub.app({ ...persistent(version), clean: true, clientId });
    expect(clean.connack?.sessionPresent).toBe(false);
    await deliver(writer, "q", "not subscribed", 1);
    await clean.expectNoPacket();
    await leave(clean);
    const back = await reconnect(hub, version);
    await deliver(writer, "q", "not subscribed", 1);
    await back.expectNoPacket();
  });

  it("does not include retained messages, which stay [not MQTT3-3.1.2-7]", async () => {
    const hub = new TestHub();
    const writer = await hub.app({ ...persistent(version), clientId: "writer" });
    writer.publish("kept", "x", { retain: true });
    await writer.settle();
    await leave(writer);
    await step(hub);
    await leave(await hub.app({ protocolVersion: version, clean: true, clientId: "writer" }));
    await step(hub);
    const reader = await hub.app({ protocolVersion: version });
    await reader.subscribe("kept");
    expect(await reader.nextMessage()).toMatchObject({ text: "x", retain: true });
  });

  it("lasts while its connection lasts, whatever its expiry [not MQTT-4.1.0-1] [MQTT3-4.1.0-2]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ protocolVersion: version });
    await reader.subscribe({ topic: "q", qos: 1 });
    const writer = await hub.app({ protocolVersion: version });
    for (let i = 0; i < 3; i++) {
      await step(hub);
      await deliver(writer, "q", String(i), 1);
      expect((await reader.nextMessage()).text).toBe(String(i));
    }
  });

  it("is taken over with what is unfinished [MQTT-3.1.4-3] [MQTT3-3.1.4-2] [MQTT-4.4.0-1] [MQTT3-4.4.0-1]", async () => {
    const hub = new TestHub();
    const older = await reconnect(hub, version);
    await older.subscribe({ topic: "q", qos: 1 });
    await deliver(await hub.app({ protocolVersion: version }), "q", "x", 1);
    const { messageId } = await older.next("publish");
    await step(hub);
    const newer = await reconnect(hub, version);
    expect(newer.connack?.sessionPresent).toBe(true);
    expect(await newer.next("publish")).toMatchObject({ messageId, dup: true });
    await older.expectClosed();
  });
});

describe("the end of sessions", () => {
  useManualClock();

  it("comes when their expiry has passed since the connection closed, not before [MQTT-4.1.0-2] [MQTT-3.1.2-23]", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const connect = () => hub.device(own, { ...persistent(5, 100), clientId });
    await leave(await connect());
    await passSeconds(hub, 90);
    const back = await connect();
    expect(back.connack?.sessionPresent).toBe(true);
    await passSeconds(hub, 50); // connected, so nothing passes
    await leave(back);
    await passSeconds(hub, 90);
    const again = await connect();
    expect(again.connack?.sessionPresent).toBe(true);
    await leave(again);
    await passSeconds(hub, 101);
    expect((await connect()).connack?.sessionPresent).toBe(false);
  });

  it("comes at once for an expiry of 0", async () => {
    const hub = new TestHub();
    const first = await hub.app({ clientId });
    await leave(first);
    expect((await reconnect(hub, 5)).connack?.sessionPresent).toBe(false);
  });
});
