// Receive maximum and maximum packet size, both ways: sections 3.1.2.11.3, 3.1.2.11.4, 3.3.4 and 4.9 of MQTT 5.
import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import { fromHex, openClient } from "../support/mqtt-client.ts";
import { persistent } from "../support/mqtt-versions.ts";

describe.each(evictions)("the client's receive maximum, hub %s,", (_, step) => {
  it("bounds what is under way, while everything else is handled [not MQTT-3.3.4-9] [not MQTT-3.3.4-10] [MQTT-4.9.0-1] [not MQTT-4.9.0-2] [MQTT-4.9.0-3]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ properties: { receiveMaximum: 2 } });
    await reader.subscribe({ topic: "q", qos: 2 }, { topic: "zero", qos: 0 });
    const writer = await hub.app();
    for (let i = 1; i <= 6; i++) {
      writer.publish("q", String(i), { qos: i % 2 === 0 ? 2 : 1, messageId: i });
      await writer.nextPacket();
    }
    await step(hub);
    const underWay = [await reader.next("publish"), await reader.next("publish")];
    const texts = underWay.map(({ payload }) => payload.toString());
    await reader.expectNoPacket();
    writer.publish("zero", "passes");
    expect((await reader.nextMessage()).text).toBe("passes");
    await reader.settle();
    expect(await reader.subscribe("more")).toEqual([0]);
    reader.publish("back", "x", { qos: 1, messageId: 7 });
    await reader.next("puback");
    await step(hub);
    while (texts.length < 6) {
      const { qos, messageId } = underWay.shift() as (typeof underWay)[number];
      if (qos === 1) reader.send({ cmd: "puback", messageId });
      else {
        reader.send({ cmd: "pubrec", messageId });
        await reader.next("pubrel");
        await step(hub);
        await reader.settle();
        expect(reader.remainingHex()).toEqual([]); // PUBREC does not end it
        reader.send({ cmd: "pubcomp", messageId });
      }
      await step(hub);
      const next = await reader.next("publish");
      underWay.push(next);
      texts.push(next.payload.toString());
      await reader.settle();
      expect(reader.remainingHex()).toEqual([]);
    }
    expect(texts).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it("counts anew on the next connection, what is sent again included [MQTT-4.9.0-1] [not MQTT-4.9.0-2]", async () => {
    const hub = new TestHub();
    const options = (receiveMaximum: number) => ({
      ...persistent(5),
      clientId: "reader",
      properties: { sessionExpiryInterval: 600, receiveMaximum },
    });
    const reader = await hub.app(options(3));
    await reader.subscribe({ topic: "q", qos: 1 });
    const writer = await hub.app();
    for (let i = 1; i <= 4; i++) {
      writer.publish("q", String(i), { qos: 1, messageId: i });
      await writer.next("puback");
    }
    for (let i = 1; i <= 3; i++) await reader.next("publish");
    await step(hub);
    reader.drop();
    await reader.closed;
    await step(hub);
    const back = await hub.app(options(1));
    for (let i = 1; i <= 4; i++) {
      const { messageId, payload } = await back.next("publish");
      expect(payload.toString()).toBe(String(i));
      await back.expectNoPacket();
      await step(hub);
      back.send({ cmd: "puback", messageId });
    }
  });
});

describe.each(evictions)("the server's receive maximum, hub %s,", (_, step) => {
  it("of 100 ends the connection that exceeds it with 0x93 [not MQTT-3.3.4-7]", async () => {
    const hub = new TestHub();
    const writer = await hub.app();
    expect(writer.connack?.properties?.receiveMaximum).toBe(100);
    for (let id = 1; id <= 100; id++) writer.publish("q", "x", { qos: 2, messageId: id });
    for (let id = 1; id <= 100; id++) await writer.next("pubrec");
    await step(hub);
    writer.publish("q", "x", { qos: 2, messageId: 100 }); // a repeat is not one more
    await writer.next("pubrec");
    writer.send({ cmd: "pubrel", messageId: 1 });
    await writer.next("pubcomp");
    await step(hub);
    writer.publish("q", "x", { qos: 2, messageId: 101 });
    await writer.next("pubrec");
    await step(hub);
    writer.publish("q", "x", { qos: 2, messageId: 102 });
    expect((await writer.next("disconnect")).reasonCode).toBe(0x93);
    await writer.expectClosed();
  });
});

describe.each(evictions)("the client's maximum packet size, hub %s,", (_, step) => {
  it("is kept; what is larger counts as sent, and what fits exactly is sent [not MQTT-3.1.2-24] [MQTT-3.1.2-25]", async () => {
    const hub = new TestHub();
    const options = {
      ...persistent(5),
      clientId: "small",
      properties: { sessionExpiryInterval: 600, maximumPacketSize: 20, receiveMaximum: 1 },
    };
    const small = await hub.app(options);
    await small.subscribe({ topic: "t", qos: 1 });
    const writer = await hub.app();
    // PUBLISH of 20 bytes: 2 of header, 3 of topic, 2 of packet id, 1 of properties, 12 of payload
    for (const [length, id] of [
      [13, 1],
      [12, 2],
      [100, 3],
      [1, 4],
    ] as const) {
      writer.publish("t", "x".repeat(length), { qos: 1, messageId: id });
      await writer.next("puback");
    }
    await step(hub);
    for (const length of [12, 1]) {
      const { text, messageId } = await small.nextMessage();
      expect(text).toHaveLength(length);
      await step(hub);
      small.send({ cmd: "puback", messageId: messageId as number });
    }
    await small.expectNoPacket();
    small.drop();
    await small.closed;
    writer.publish("t", "x".repeat(13), { qos: 1 });
    await writer.next("puback");
    const back = await hub.app(options);
    await back.expectNoPacket();
  });

  it.each([
    ["receive maximum", "21 00 00"],
    ["maximum packet size", "27 00 00 00 00"],
  ])("%s 0 is a protocol error", async (_unused, property) => {
    const hub = new TestHub();
    const client = await openClient(hub.path);
    const properties = fromHex(property);
    const body = [...fromHex("00 04 4d 51 54 54 05 02 00 3c"), properties.length, ...properties, 0, 1, 0x61];
    client.sendBytes([0x10, body.length, ...body]);
    expect((await client.nextHex()).split(" ")[3]).toBe("82");
    await client.expectClosed();
  });
});
