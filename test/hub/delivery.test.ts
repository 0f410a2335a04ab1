import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import { publishPacket } from "../support/mqtt-client.ts";

describe.each(evictions)("delivery, hub %s", (_, step) => {
  it("keeps to the client's receive maximum; what waits comes in order as it acknowledges [not MQTT-3.3.4-9]", async () => {
    const hub = new TestHub();
    const slow = await hub.app({ properties: { receiveMaximum: 2 } });
    await slow.subscribe({ topic: "q", qos: 1 });
    const app = await hub.app();
    await step(hub);
    for (let i = 1; i <= 5; i++) app.publish("q", String(i), { qos: 1, messageId: i });
    for (let i = 1; i <= 5; i++) expect(await app.next("puback")).toMatchObject({ messageId: i });
    await step(hub);
    const received: string[] = [];
    const first = await slow.nextMessage();
    const second = await slow.nextMessage();
    received.push(first.text, second.text);
    await slow.expectNoPacket();
    expect(first.messageId).not.toBe(second.messageId);
    await step(hub);
    slow.send({ cmd: "puback", messageId: first.messageId as number });
    slow.send({ cmd: "puback", messageId: second.messageId as number });
    slow.send({ cmd: "puback", messageId: 4711 });
    for (let i = 0; i < 2; i++) {
      const message = await slow.nextMessage();
      received.push(message.text);
      await step(hub);
      slow.send({ cmd: "puback", messageId: message.messageId as number });
    }
    received.push((await slow.nextMessage()).text);
    expect(received).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("sends what is ready within one event as one frame to a client that batches itself, else the last packet alone", async () => {
    const hub = new TestHub();
    const [plain, batching] = [await hub.app(), await hub.app()];
    for (const reader of [plain, batching]) await reader.subscribe("t");
    batching.send({ cmd: "pingreq" }, { cmd: "pingreq" });
    await batching.next("pingresp");
    await batching.next("pingresp");
    const app = await hub.app();
    await step(hub);
    const before = [plain.frames.length, batching.frames.length];
    app.send(...Array.from({ length: 10 }, (_unused, i) => publishPacket("t", String(i))));
    for (const reader of [plain, batching]) {
      for (let i = 0; i < 10; i++) expect((await reader.nextMessage()).text).toBe(String(i));
    }
    expect([plain.frames.length, batching.frames.length].map((n, i) => n - (before[i] ?? 0))).toEqual([2, 1]);
  });

  it("drops for one client what is larger than it takes [not MQTT-3.1.2-24]", async () => {
    const hub = new TestHub();
    const small = await hub.app({ properties: { maximumPacketSize: 50 } });
    const large = await hub.app();
    await small.subscribe("t");
    await large.subscribe("t");
    await step(hub);
    const app = await hub.app();
    app.publish("t", "x".repeat(100));
    app.publish("t", "short");
    expect((await large.nextMessage()).text).toHaveLength(100);
    expect((await small.nextMessage()).text).toBe("short");
  });

  it("merges overlapping subscriptions at the highest QoS, and honours no local and UNSUBSCRIBE", async () => {
    const hub = new TestHub();
    const app = await hub.app();
    await app.subscribe({ topic: "a/+", qos: 0 }, { topic: "a/b", qos: 1 }, { topic: "own", qos: 1, nl: true });
    await step(hub);
    const other = await hub.app();
    other.publish("a/b", "x", { qos: 1 });
    await other.next("puback");
    expect(await app.nextMessage()).toMatchObject({ topic: "a/b", qos: 1 });
    app.send({ cmd: "puback", messageId: 1 });
    await app.expectNoPacket();
    app.publish("own", "mine");
    other.publish("own", "theirs");
    expect((await app.nextMessage()).text).toBe("theirs");
    await step(hub);
    app.send({ cmd: "unsubscribe", messageId: 4, unsubscriptions: ["a/b", "never"] });
    expect((await app.next("unsuback")).granted).toEqual([0, 0x11]);
    await step(hub);
    other.publish("a/b", "y", { qos: 1 });
    expect(await app.nextMessage()).toMatchObject({ text: "y", qos: 0 });
  });

  it("answers QoS 1 without a subscriber with 0x10, and MQTT 5 CONNACK says what differs from what was asked", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own, { protocolVersion: 4 });
    const client = await hub.app();
    client.publish("nobody", "x", { qos: 1 });
    expect((await client.next("puback")).reasonCode).toBe(0x10);
    device.publish("shared/x", "x", { qos: 1, messageId: 9 });
    expect(await device.next("puback")).toMatchObject({ messageId: 9 });
    await step(hub);
    const { openClient } = await import("../support/mqtt-client.ts");
    const fresh = await openClient(hub.path);
    const properties = { sessionExpiryInterval: 0xffffffff, requestResponseInformation: true };
    const options = { password: await hub.appJwt(), clientId: "", keepalive: 0, properties };
    const connack = await fresh.connect(options);
    expect(connack).toMatchObject({ sessionPresent: false, reasonCode: 0 });
    const assignedClientIdentifier = connack.properties?.assignedClientIdentifier;
    expect(assignedClientIdentifier).toMatch(/^homeport-/);
    expect(connack.properties).toEqual({
      assignedClientIdentifier,
      maximumPacketSize: 262_144,
      receiveMaximum: 100,
      responseInformation: `shared/responses/${assignedClientIdentifier}`,
      serverKeepAlive: 60,
      sessionExpiryInterval: 2_592_000,
      topicAliasMaximum: 10,
    });
  });

  it("keeps more subscriptions than the attachment holds", async () => {
    const hub = new TestHub();
    const app = await hub.app();
    const filters = Array.from({ length: 400 }, (_unused, i) => `some/longer/topic/number/${i}`);
    expect(await app.subscribe(...filters)).toEqual(filters.map(() => 0));
    await step(hub);
    const other = await hub.app();
    for (const i of [0, 399]) {
      other.publish(`some/longer/topic/number/${i}`, "x");
      expect((await app.nextMessage()).topic).toMatch(new RegExp(`/${i}$`));
    }
    const most = Array.from({ length: 601 }, (_unused, i) => `others/${i}`);
    expect((await app.subscribe(...most)).filter((code) => code === 0x97)).toHaveLength(1);
    await step(hub);
    app.send({ cmd: "unsubscribe", messageId: 4, unsubscriptions: ["some/longer/topic/number/399"] });
    await app.next("unsuback");
    await step(hub);
    other.publish("some/longer/topic/number/399", "x");
    await app.expectNoPacket();
  });
});
