// What a PUBLISH carries on to its subscribers: section 3.3 of both versions.
import { describe, expect, it } from "vitest";
import { isTopic, isTopicFilter } from "../../src/domain/topics.ts";
import { TestHub } from "../support/hub.ts";
import { fromHex, publishPacket } from "../support/mqtt-client.ts";
import { describeBoth, persistent, versions } from "../support/mqtt-versions.ts";
import { passSeconds, useManualClock } from "../support/time.ts";

describeBoth("what is published", (protocolVersion, step) => {
  it("arrives with the lower of published and granted QoS, DUP 0 and no packet id at QoS 0 [MQTT-3.8.4-8] [MQTT3-3.8.4-6] [MQTT-4.3.1-1] [MQTT3-4.3.1-1] [MQTT-3.3.1-2] [MQTT3-3.3.1-2] [not MQTT-2.2.1-2] [not MQTT3-2.3.1-5] [MQTT-4.5.0-1] [MQTT3-4.5.0-1]", async () => {
    const hub = new TestHub();
    const seen: string[] = [];
    const writer = await hub.app({ protocolVersion });
    for (const granted of [0, 1, 2] as const) {
      const reader = await hub.app({ protocolVersion });
      await reader.subscribe({ topic: `t/${granted}`, qos: granted });
      await step(hub);
      for (const qos of [0, 1, 2] as const) {
        writer.publish(`t/${granted}`, "x", { qos, messageId: 1 });
        await (qos === 0 ? writer.settle() : writer.next(qos === 1 ? "puback" : "pubrec"));
        if (qos === 2) {
          writer.send({ cmd: "pubrel", messageId: 1 });
          await writer.next("pubcomp");
        }
        const bytes = await reader.nextBytes();
        const lower = Math.min(qos, granted);
        expect(bytes[0]).toBe(0x30 | (lower << 1));
        expect(bytes.length).toBe(2 + 5 + (lower > 0 ? 2 : 0) + (protocolVersion === 5 ? 1 : 0) + 1);
        seen.push(`${granted}${qos}`);
      }
    }
    expect(seen).toHaveLength(9);
  });

  it("arrives under filters that match, as it is and nothing else [MQTT-3.3.2-3] [MQTT3-3.3.2-3] [not MQTT-4.7.3-4] [not MQTT3-4.7.3-4] [MQTT-4.7.1-1] [MQTT3-4.7.1-2] [MQTT-4.7.1-2] [MQTT3-4.7.1-3]", async () => {
    const hub = new TestHub();
    const topics = ["a", "a/b", "a/b/c", "a//c", "/a", "A", "a/", "\u00e4", "a\u0308"];
    const matched: Record<string, string[]> = {
      "a/#": ["a", "a/b", "a/b/c", "a//c", "a/"],
      "a/+": ["a/b", "a/"],
      "+/+": ["a/b", "/a", "a/"],
      "a/+/c": ["a/b/c", "a//c"],
      "+": ["a", "A", "\u00e4", "a\u0308"],
      "/+": ["/a"],
      "a/b/c/#": ["a/b/c"],
      A: ["A"],
      "\u00e4": ["\u00e4"],
      "#": topics,
    };
    const writer = await hub.app({ protocolVersion });
    for (const [filter, expected] of Object.entries(matched)) {
      const reader = await hub.app({ protocolVersion });
      await reader.subscribe(filter);
      await step(hub);
      for (const topic of topics) writer.publish(topic, "x");
      for (const topic of expected) expect((await reader.nextMessage()).topic).toBe(topic);
      await writer.settle();
      await reader.settle(); // so nothing else has come
      expect(reader.remainingHex()).toEqual([]);
    }
  });

  it("under $ is not matched by leading wildcards, and stays between those who named it [not MQTT-4.7.2-1] [not MQTT3-4.7.2-1]", async () => {
    const hub = new TestHub();
    const device = await hub.addDevice();
    const topic = `$aws/things/${device.id}/shadow/other`;
    const [wide, single, named] = [
      await hub.app({ protocolVersion }),
      await hub.app({ protocolVersion }),
      await hub.app({ protocolVersion }),
    ];
    await wide.subscribe("#");
    await single.subscribe(`+/things/${device.id}/shadow/other`);
    await named.subscribe("$aws/things/#");
    await step(hub);
    const writer = await hub.device(device, { protocolVersion });
    writer.publish(topic, "x");
    expect((await named.nextMessage()).topic).toBe(topic);
    wide.publish("end", "x");
    const presence = `devices/${device.id}/presence`;
    for (const expected of [presence, presence, "end"]) expect((await wide.nextMessage()).topic).toBe(expected);
    await single.expectNoPacket();
  });

  it("to overlapping subscriptions arrives once at their highest QoS [MQTT-3.3.4-2] [MQTT3-3.3.5-1]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ protocolVersion });
    await reader.subscribe({ topic: "a/#", qos: 1 }, { topic: "a/+", qos: 2 }, { topic: "a/b", qos: 0 });
    await step(hub);
    const writer = await hub.app({ protocolVersion });
    writer.publish("a/b", "x", { qos: 2 });
    await writer.next("pubrec");
    expect(await reader.nextMessage()).toMatchObject({ qos: 2, topic: "a/b" });
    await reader.expectNoPacket();
  });

  it("keeps its order, for each topic and QoS [MQTT-4.6.0-5] [MQTT-4.6.0-6] [MQTT3-4.6.0-5] [MQTT3-4.6.0-6]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ protocolVersion });
    await reader.subscribe({ topic: "o/+", qos: 2 });
    const writer = await hub.app({ protocolVersion });
    for (let i = 1; i <= 9; i++) {
      const qos = (i % 3) as 0 | 1 | 2;
      writer.publish(`o/${qos}`, String(i), { qos, messageId: i });
      if (i % 3 === 0) await step(hub);
    }
    const seen: Record<string, string[]> = {};
    for (let i = 0; i < 9; i++) {
      const { topic, text } = await reader.nextMessage();
      (seen[topic] ??= []).push(text);
    }
    expect(seen).toEqual({ "o/0": ["3", "6", "9"], "o/1": ["1", "4", "7"], "o/2": ["2", "5", "8"] });
  });

  it("that is forbidden is acknowledged and goes to nobody [MQTT3-3.3.5-2] [MQTT-3.4.2-1] [MQTT-3.5.2-1]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("others/#");
    const device = await hub.device(await hub.addDevice(), { protocolVersion });
    await step(hub);
    device.publish("others/a", "x", { qos: 1, messageId: 1 });
    device.publish("others/a", "x", { qos: 2, messageId: 2 });
    device.publish("others/a", "x");
    if (protocolVersion === 5) {
      expect((await device.nextBytes()).subarray(2, 5)).toEqual(fromHex("00 01 87"));
      expect((await device.nextBytes()).subarray(2, 5)).toEqual(fromHex("00 02 87"));
    } else {
      expect(await device.nextHex()).toBe("40 02 00 01");
      expect(await device.nextHex()).toBe("50 02 00 02");
      device.send({ cmd: "pubrel", messageId: 2 });
      expect(await device.nextHex()).toBe("70 02 00 02");
    }
    await device.settle();
    await watcher.expectNoPacket();
  });
});

describe.each(versions)("topics that are none, %s:", (_, protocolVersion) => {
  it.each([
    ["with #", "30 04 00 02 61 23", "30 05 00 02 61 23 00"],
    ["with +", "30 05 00 03 61 2f 2b", "30 06 00 03 61 2f 2b 00"],
  ])(
    "%s [not MQTT-3.3.2-2] [not MQTT3-3.3.2-2] [not MQTT-4.7.0-1] [not MQTT3-4.7.1-1]",
    async (_unused, bytes4, bytes5) => {
      const hub = new TestHub();
      const watcher = await hub.app();
      await watcher.subscribe("#");
      const client = await hub.app({ protocolVersion });
      client.sendBytes(fromHex(protocolVersion === 4 ? bytes4 : bytes5));
      if (protocolVersion === 5) expect([0x81, 0x82, 0x90]).toContain((await client.next("disconnect")).reasonCode);
      await client.expectClosed();
      await watcher.expectNoPacket();
    },
  );

  it("empty [MQTT-4.7.3-1] [MQTT3-4.7.3-1]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion });
    client.sendBytes(fromHex(protocolVersion === 4 ? "30 03 00 00 61" : "30 04 00 00 00 61"));
    if (protocolVersion === 5) expect((await client.next("disconnect")).reasonCode).toBe(0x82);
    await client.expectClosed();
  });
});

it("topics and filters end at 65,535 bytes [not MQTT-4.7.3-3] [not MQTT3-4.7.3-3]", () => {
  expect([isTopic("x".repeat(65_535)), isTopic("x".repeat(65_536)), isTopic("\u00e4".repeat(32_768))]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isTopicFilter("x".repeat(65_535)), isTopicFilter("x".repeat(65_536))]).toEqual([true, false]);
});

describe("properties of MQTT 5", () => {
  it("are forwarded unaltered and in order, live and kept [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]", async () => {
    const hub = new TestHub();
    const live = await hub.app();
    await live.subscribe({ topic: "p", qos: 1 });
    const away = await hub.app({ ...persistent(5), clientId: "away" });
    await away.subscribe({ topic: "p", qos: 1 });
    away.drop();
    await away.closed;
    const writer = await hub.app();
    // payload format 1, content type t, response topic r, correlation data 00 ff, user properties b=1, a=2, b=3
    const properties = `01 01 03 00 01 74 08 00 01 72 09 00 02 00 ff 26 00 01 62 00 01 31 26 00 01 61 00 01 32 26 00 01 62 00 01 33`;
    const length = fromHex(properties).length;
    writer.sendBytes(
      Uint8Array.of(0x33, 3 + 2 + 1 + length + 1, 0, 1, 0x70, 0, 1, length, ...fromHex(properties), 0x78),
    );
    await writer.next("puback");
    const late = await hub.app();
    await late.subscribe("p");
    const back = await hub.app({ ...persistent(5), clientId: "away" });
    for (const reader of [live, late, back]) {
      const { properties: received } = await reader.next("publish");
      expect(received).toMatchObject({ payloadFormatIndicator: true, contentType: "t", responseTopic: "r" });
      expect([...(received?.correlationData ?? [])]).toEqual([0, 0xff]);
      expect({ ...received?.userProperties }).toEqual({ b: ["1", "3"], a: "2" });
    }
  });

  it("keep the order of user properties of several names [MQTT-3.3.2-18]", async () => {
    const hub = new TestHub();
    const reader = await hub.app();
    await reader.subscribe("p");
    const user = "26 00 01 62 00 01 31 26 00 01 61 00 01 32 26 00 01 62 00 01 33";
    const writer = await hub.app();
    writer.sendBytes(fromHex(`30 1a 00 01 70 15 ${user} 78`));
    expect(await reader.nextHex()).toContain(user);
  });

  it("are left out for readers of 3.1.1, and none is made up: a property length of zero [MQTT-2.2.2-1]", async () => {
    const hub = new TestHub();
    const [old, plain] = [await hub.app({ protocolVersion: 4 }), await hub.app()];
    await old.subscribe("p");
    await plain.subscribe("p");
    const writer = await hub.app();
    writer.sendBytes(fromHex("30 08 00 01 70 03 03 00 00 78"));
    expect(await old.nextHex()).toBe("30 04 00 01 70 78");
    await plain.nextBytes();
    writer.sendBytes(fromHex("30 05 00 01 70 00 78"));
    expect(await plain.nextHex()).toBe("30 05 00 01 70 00 78");
  });

  it("say who may read: no identifiers in, no local [not MQTT-3.8.3-3]", async () => {
    const hub = new TestHub();
    const [one, other] = [await hub.app({ clientId: "one" }), await hub.app({ clientId: "other" })];
    for (const client of [one, other]) await client.subscribe({ topic: "n", nl: true });
    one.publish("n", "from one");
    expect((await other.nextMessage()).text).toBe("from one");
    other.publish("n", "from other");
    expect((await one.nextMessage()).text).toBe("from other");
    await one.expectNoPacket();
  });
});

describe("message expiry", () => {
  useManualClock();
  it("deletes what waited too long, and forwards what remains [MQTT-3.3.2-5] [MQTT-3.3.2-6]", async () => {
    const hub = new TestHub();
    const away = await hub.app({ ...persistent(5), clientId: "away" });
    await away.subscribe({ topic: "e", qos: 1 });
    away.drop();
    await away.closed;
    const writer = await hub.app();
    for (const [payload, seconds] of [
      ["short", 10],
      ["long", 100],
    ] as const) {
      const properties = { messageExpiryInterval: seconds };
      writer.send({ ...publishPacket("e", payload, { qos: 1 }), properties } as Parameters<typeof writer.send>[0]);
      await writer.next("puback");
    }
    await passSeconds(hub, 30);
    const back = await hub.app({ ...persistent(5), clientId: "away" });
    const message = await back.next("publish");
    expect([message.payload.toString(), message.properties?.messageExpiryInterval]).toEqual(["long", 70]);
    await back.expectNoPacket();
  });
});
