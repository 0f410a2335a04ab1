// SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK and subscription identifiers: sections 3.8 to 3.11 of both versions.
import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import { fromHex, type TestClient } from "../support/mqtt-client.ts";
import { describeBoth, persistent, versions } from "../support/mqtt-versions.ts";

type Subscription = { topic: string; qos: 0 | 1 | 2; nl?: boolean };

function subscribe(client: TestClient, identifier: number, ...subscriptions: Subscription[]): void {
  const properties = { subscriptionIdentifier: identifier };
  client.send({ cmd: "subscribe", messageId: 1, subscriptions, properties } as Parameters<TestClient["send"]>[0]);
}

describeBoth("SUBSCRIBE", (protocolVersion, step) => {
  const five = protocolVersion === 5;

  it("is answered by one SUBACK with its packet id and a code for each filter, in their order [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-5] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT-3.9.3-1] [MQTT-3.9.3-2] [MQTT-2.2.1-6] [MQTT3-3.8.4-1] [MQTT3-3.8.4-2] [MQTT3-3.8.4-4] [MQTT3-3.8.4-5] [MQTT3-3.9.3-1] [not MQTT3-3.9.3-2] [MQTT3-2.3.1-7]", async () => {
    const hub = new TestHub();
    const device = await hub.device(await hub.addDevice(), { protocolVersion });
    await step(hub);
    const topics = ["shared/2", "others/#", "shared/0", "others", "shared/1", "$SYS/#"];
    const qos = [2, 0, 0, 1, 1, 0] as const;
    const subscriptions = topics.map((topic, i) => ({ topic, qos: qos[i] as 0 | 1 | 2 }));
    device.send({ cmd: "subscribe", messageId: 0xfffe, subscriptions });
    expect(await device.nextHex()).toBe(five ? "90 09 ff fe 00 02 87 00 87 01 87" : "90 08 ff fe 02 80 00 80 01 80");
  });

  it("in one packet is as several would be: the last one of a filter counts, retained messages come for each [MQTT-3.8.4-5] [MQTT3-3.8.4-4]", async () => {
    const hub = new TestHub();
    const writer = await hub.app({ protocolVersion });
    writer.publish("a", "kept", { qos: 1, retain: true });
    await writer.next("puback");
    const reader = await hub.app({ protocolVersion });
    expect(await reader.subscribe({ topic: "a", qos: 0 }, { topic: "a", qos: 1 })).toEqual([0, 1]);
    expect([(await reader.nextMessage()).qos, (await reader.nextMessage()).qos]).toEqual([0, 1]);
    await step(hub);
    writer.publish("a", "x", { qos: 1 });
    expect((await reader.nextMessage()).qos).toBe(1);
    await reader.expectNoPacket();
  });
});

describe.each(versions)("a filter that is none, %s:", (_, protocolVersion) => {
  it.each([
    ["# before the end [MQTT-4.7.1-1] [MQTT3-4.7.1-2]", "a/#/b"],
    ["# within a level [MQTT-4.7.1-1] [MQTT3-4.7.1-2]", "a#"],
    ["+ within a level [MQTT-4.7.1-2] [MQTT3-4.7.1-3]", "a/b+/c"],
    ["two wildcards in a level [MQTT-4.7.1-2] [MQTT3-4.7.1-3]", "++"],
    ["empty [MQTT-4.7.3-1] [MQTT3-4.7.3-1]", ""],
  ])("%s ends the connection, to subscribe or to unsubscribe", async (_unused, filter) => {
    const hub = new TestHub();
    for (const first of [0x82, 0xa2]) {
      const client = await hub.app({ protocolVersion });
      const rest = [0, filter.length, ...Buffer.from(filter), ...(first === 0x82 ? [0] : [])];
      const body = [0, 1, ...(protocolVersion === 5 ? [0] : []), ...rest];
      client.sendBytes([first, body.length, ...body]);
      if (protocolVersion === 5) expect([0x81, 0x8f]).toContain((await client.next("disconnect")).reasonCode);
      await client.expectClosed();
      expect(client.remainingHex()).toEqual([]);
    }
  });
});

describeBoth("UNSUBSCRIBE", (protocolVersion, step) => {
  const five = protocolVersion === 5;

  it("is answered by one UNSUBACK with its packet id, also if there was no such subscription [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2] [MQTT-2.2.1-6] [MQTT3-3.10.4-4] [MQTT3-3.10.4-5] [MQTT3-3.10.4-6] [MQTT3-2.3.1-7]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ protocolVersion });
    await reader.subscribe("a", "b/#");
    await step(hub);
    reader.send({ cmd: "unsubscribe", messageId: 0xfffe, unsubscriptions: ["never", "a", "b/+", "b/#", "a"] });
    expect(await reader.nextHex()).toBe(five ? "b0 08 ff fe 00 11 00 11 00 11" : "b0 02 ff fe");
  });

  it("ends the very same filter alone, at once [MQTT-3.10.4-1] [MQTT-3.10.4-2] [MQTT3-3.10.4-1] [MQTT3-3.10.4-2]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ protocolVersion });
    await reader.subscribe("a/b", "a/+", "a/#", "A/b");
    const writer = await hub.app({ protocolVersion });
    for (const [filter, still] of [
      ["a/#", true],
      ["a/B", true],
      ["a/+", true],
      ["a/b", false],
    ] as const) {
      reader.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: [filter] });
      await reader.next("unsuback");
      await step(hub);
      writer.publish("a/b", filter);
      await writer.settle();
      reader.send({ cmd: "pingreq" });
      const first = await reader.nextPacket();
      expect([filter, first.cmd]).toEqual([filter, still ? "publish" : "pingresp"]);
      if (still) await reader.next("pingresp");
    }
  });

  it("leaves deliveries that began to be completed, also on the next connection [MQTT-3.10.4-3] [MQTT3-3.10.4-3]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ ...persistent(protocolVersion), clientId: "reader" });
    await reader.subscribe({ topic: "a", qos: 2 });
    const writer = await hub.app({ protocolVersion });
    writer.publish("a", "one", { qos: 1 });
    writer.publish("a", "two", { qos: 2 });
    const [one, two] = [await reader.next("publish"), await reader.next("publish")];
    await step(hub);
    reader.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["a"] });
    await reader.next("unsuback");
    reader.send({ cmd: "pubrec", messageId: two.messageId });
    expect(await reader.next("pubrel")).toMatchObject({ messageId: two.messageId });
    await step(hub);
    reader.drop();
    await reader.closed;
    const back = await hub.app({ ...persistent(protocolVersion), clientId: "reader" });
    const again = [await back.nextPacket(), await back.nextPacket()];
    expect(again.toSorted((a, b) => a.cmd.localeCompare(b.cmd))).toMatchObject([
      { cmd: "publish", messageId: one.messageId, dup: true },
      { cmd: "pubrel", messageId: two.messageId },
    ]);
  });
});

describe.each(evictions)("subscription identifiers, hub %s,", (_, step) => {
  const identifiersOf = async (reader: TestClient) => {
    const { properties } = await reader.next("publish");
    const identifiers = properties?.subscriptionIdentifier ?? [];
    return [identifiers].flat().toSorted((a, b) => a - b);
  };

  it("come with what their subscriptions match, all of them in one copy [MQTT-3.3.4-3] [MQTT-3.3.4-4]", async () => {
    const hub = new TestHub();
    const reader = await hub.app();
    subscribe(reader, 1, { topic: "a/+", qos: 0 });
    await reader.next("suback");
    subscribe(reader, 268_435_455, { topic: "a/b", qos: 1 });
    await reader.next("suback");
    await reader.subscribe("+/b");
    await step(hub);
    const writer = await hub.app();
    writer.publish("a/b", "x", { qos: 1 });
    expect(await identifiersOf(reader)).toEqual([1, 268_435_455]);
    writer.publish("a/c", "x");
    expect(await identifiersOf(reader)).toEqual([1]);
    writer.publish("c/b", "x");
    expect(await identifiersOf(reader)).toEqual([]);
    await reader.settle();
  });

  it("are replaced and removed with their subscription, and come with retained and waiting messages [MQTT-3.3.4-3] [MQTT-3.8.4-3]", async () => {
    const hub = new TestHub();
    const options = { ...persistent(5), clientId: "reader" };
    const reader = await hub.app(options);
    const writer = await hub.app();
    writer.publish("a", "kept", { qos: 1, retain: true });
    await writer.next("puback");
    for (const identifier of [5, 6]) {
      subscribe(reader, identifier, { topic: "a", qos: 1 });
      await reader.next("suback");
      expect(await identifiersOf(reader)).toEqual([identifier]);
      await step(hub);
    }
    reader.drop();
    await reader.closed;
    writer.publish("a", "waiting", { qos: 1 });
    await writer.next("puback");
    await step(hub);
    const back = await hub.app(options);
    const seen = [await identifiersOf(back), await identifiersOf(back), await identifiersOf(back)];
    expect(seen).toEqual([[5], [6], [6]]); // both retained copies were not acknowledged
    await back.subscribe({ topic: "a", qos: 0 });
    expect(await identifiersOf(back)).toEqual([]);
  });

  it("of 0 are a protocol error", async () => {
    const hub = new TestHub();
    const client = await hub.app();
    client.sendBytes(fromHex("82 09 00 01 02 0b 00 00 01 61 00"));
    expect((await client.next("disconnect")).reasonCode).toBe(0x82);
    await client.expectClosed();
  });
});

it("SUBACK and UNSUBACK are never larger than the client takes by a reason string [not MQTT-3.9.2-1] [not MQTT-3.11.2-1]", async () => {
  const hub = new TestHub();
  const device = await hub.device(await hub.addDevice(), { properties: { maximumPacketSize: 20 } });
  await device.subscribe("others").then((granted) => expect(granted).toEqual([0x87]));
  device.send({ cmd: "unsubscribe", messageId: 4, unsubscriptions: ["never"] });
  expect(await device.nextHex()).toBe("b0 04 00 04 00 11");
});

describe.each(evictions)("no local, hub %s", (_, step) => {
  it("keeps one's own messages away, also through another connection of the same client id [not MQTT-3.8.3-3]", async () => {
    const hub = new TestHub();
    const options = { ...persistent(5), clientId: "same" };
    const first = await hub.app(options);
    await first.subscribe({ topic: "n", qos: 1, nl: true }, { topic: "both", nl: true }, { topic: "+", nl: false });
    await step(hub);
    first.publish("n", "own", { qos: 1 });
    expect(await first.nextPacket()).toMatchObject({ cmd: "publish", qos: 0 }); // by the other subscription
    await first.next("puback");
    first.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["+"] });
    await first.next("unsuback");
    await step(hub);
    first.publish("n", "own", { qos: 1 });
    await first.next("puback");
    await first.expectNoPacket();
    first.drop();
    await first.closed;
    const second = await hub.app(options);
    await step(hub);
    second.publish("n", "own", { qos: 1 });
    await second.next("puback");
    const other = await hub.app();
    other.publish("n", "theirs");
    expect((await second.nextMessage()).text).toBe("theirs");
  });
});
