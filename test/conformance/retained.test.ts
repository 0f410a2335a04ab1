// Retained messages: section 3.3.1.3 of both versions.
import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import { publishPacket } from "../support/mqtt-client.ts";
import { describeBoth, persistent } from "../support/mqtt-versions.ts";

describeBoth("a retained message", (protocolVersion, step) => {
  it("replaces the one of its topic and goes to new subscribers, with its QoS and RETAIN 1 [MQTT-3.3.1-5] [MQTT-3.3.1-9] [MQTT3-3.3.1-5] [MQTT3-3.3.1-6] [MQTT3-3.3.1-7] [MQTT3-3.3.1-8]", async () => {
    const hub = new TestHub();
    const writer = await hub.app({ protocolVersion });
    for (const [text, qos] of [
      ["old", 1],
      ["middle", 0],
      ["new", 1],
    ] as const) {
      writer.publish("r/a", text, { qos, retain: true });
      await (qos === 0 ? writer.settle() : writer.next("puback"));
      await step(hub);
    }
    writer.publish("r/b", "zero", { retain: true });
    await writer.settle();
    await step(hub);
    const reader = await hub.app({ protocolVersion });
    await reader.subscribe({ topic: "r/+", qos: 2 });
    const seen = [await reader.nextMessage(), await reader.nextMessage()];
    expect(seen.map(({ text, qos, retain }) => [text, qos, retain])).toEqual([
      ["new", 1, true],
      ["zero", 0, true],
    ]);
    await reader.expectNoPacket();
  });

  it("reaches established subscriptions with RETAIN 0 [MQTT-3.3.1-12] [MQTT3-3.3.1-9]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ protocolVersion });
    await reader.subscribe({ topic: "r", qos: 1 });
    await step(hub);
    const writer = await hub.app({ protocolVersion });
    writer.publish("r", "x", { qos: 1, retain: true });
    expect(await reader.nextMessage()).toMatchObject({ text: "x", retain: false });
  });

  it("that is empty is delivered, removes what was retained, and is not kept itself [MQTT-3.3.1-6] [not MQTT-3.3.1-7] [MQTT3-3.3.1-10] [not MQTT3-3.3.1-11]", async () => {
    const hub = new TestHub();
    const writer = await hub.app({ protocolVersion });
    writer.publish("r", "x", { retain: true });
    await writer.settle();
    const reader = await hub.app({ protocolVersion });
    await reader.subscribe("r");
    await reader.nextMessage();
    await step(hub);
    writer.publish("r", "", { qos: 1, retain: true });
    await writer.next("puback");
    expect(await reader.nextMessage()).toMatchObject({ text: "", retain: false });
    writer.publish("never", "", { qos: 1, retain: true });
    await writer.next("puback");
    await step(hub);
    const late = await hub.app({ protocolVersion });
    await late.subscribe("r", "never");
    await late.expectNoPacket();
  });

  it("is untouched by messages without retain, which are not kept [not MQTT-3.3.1-8] [not MQTT3-3.3.1-12]", async () => {
    const hub = new TestHub();
    const writer = await hub.app({ protocolVersion });
    writer.publish("r", "kept", { qos: 1, retain: true });
    await writer.next("puback");
    for (const text of ["not kept", ""]) {
      writer.publish("r", text, { qos: 1 });
      await writer.next("puback");
      writer.publish("s", text, { qos: 1 });
      await writer.next("puback");
      await step(hub);
    }
    const late = await hub.app({ protocolVersion });
    await late.subscribe("r", "s");
    expect((await late.nextMessage()).text).toBe("kept");
    await late.expectNoPacket();
  });

  it("is sent again when its subscription is replaced, and no message is lost by it [MQTT-3.8.4-3] [MQTT-3.8.4-4] [not MQTT-3.8.4-4] [MQTT3-3.8.4-3] [not MQTT3-3.8.4-3]", async () => {
    const hub = new TestHub();
    const reader = await hub.app({ ...persistent(protocolVersion), clientId: "reader" });
    const writer = await hub.app({ protocolVersion });
    writer.publish("r", "kept", { qos: 1, retain: true });
    await writer.next("puback");
    await reader.subscribe({ topic: "r", qos: 0 });
    expect(await reader.nextMessage()).toMatchObject({ text: "kept", qos: 0 });
    await step(hub);
    for (const text of ["1", "2"]) {
      writer.publish("r", text, { qos: 1 });
      await writer.next("puback");
    }
    await step(hub);
    reader.send({ cmd: "subscribe", messageId: 3, subscriptions: [{ topic: "r", qos: 1 }] });
    expect([(await reader.nextMessage()).text, (await reader.nextMessage()).text]).toEqual(["1", "2"]);
    expect((await reader.next("suback")).granted).toEqual([1]);
    expect(await reader.nextMessage()).toMatchObject({ text: "kept", qos: 1, retain: true });
    await step(hub);
    writer.publish("r", "3", { qos: 1, messageId: 9 });
    expect(await reader.nextMessage()).toMatchObject({ text: "3", qos: 1 });
    await reader.expectNoPacket(); // one subscription, not two
  });
});

describe.each(evictions)("subscription options of MQTT 5, hub %s", (_, step) => {
  it("retain handling 0, 1 and 2 decide who gets retained messages [MQTT-3.3.1-9] [MQTT-3.3.1-10] [not MQTT-3.3.1-10] [not MQTT-3.3.1-11]", async () => {
    const hub = new TestHub();
    const writer = await hub.app();
    writer.publish("r", "x", { qos: 1, retain: true });
    await writer.next("puback");
    const comes = async (rh: 0 | 1 | 2, times: number) => {
      const reader = await hub.app();
      const seen: boolean[] = [];
      for (let i = 0; i < times; i++) {
        await step(hub);
        await reader.subscribe({ topic: "r", rh });
        reader.send({ cmd: "pingreq" });
        const first = await reader.nextPacket();
        seen.push(first.cmd === "publish");
        if (first.cmd === "publish") await reader.next("pingresp");
      }
      return seen;
    };
    expect([await comes(0, 2), await comes(1, 2), await comes(2, 2)]).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  it("retain as published forwards RETAIN as it came [MQTT-3.3.1-12] [MQTT-3.3.1-13]", async () => {
    const hub = new TestHub();
    const [plain, faithful] = [await hub.app(), await hub.app()];
    await plain.subscribe({ topic: "r", rap: false });
    await faithful.subscribe({ topic: "r", rap: true });
    await step(hub);
    const writer = await hub.app();
    writer.send(publishPacket("r", "1", { retain: true }), publishPacket("r", "2"));
    for (const [reader, flags] of [
      [plain, [false, false]],
      [faithful, [true, false]],
    ] as const) {
      expect([(await reader.nextMessage()).retain, (await reader.nextMessage()).retain]).toEqual(flags);
    }
  });
});
