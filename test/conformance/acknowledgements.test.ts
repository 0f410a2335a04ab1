// QoS 1 and 2 in both directions on one connection: sections 3.4 to 3.7 and 4.3 of both versions.
import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import { fromHex, publishPacket, type TestClient } from "../support/mqtt-client.ts";
import { describeBoth } from "../support/mqtt-versions.ts";
import { passSeconds, useManualClock } from "../support/time.ts";

/** A reader at QoS 2 of everything under `q`, and a writer. */
async function pair(hub: TestHub, protocolVersion: 4 | 5): Promise<[TestClient, TestClient]> {
  const reader = await hub.app({ protocolVersion });
  await reader.subscribe({ topic: "q", qos: 2 });
  return [reader, await hub.app({ protocolVersion })];
}

/** An acknowledgement that says no more than its packet id. */
function ack(first: string, id: number): Uint8Array {
  return fromHex(`${first} 02 ${(id >> 8).toString(16)} ${(id & 255).toString(16)}`);
}

describeBoth("the hub as receiver", (protocolVersion, step) => {
  it("answers QoS 1 with PUBACK, and takes the same packet id for a new message after it [MQTT-3.3.4-1] [MQTT3-3.3.4-1] [MQTT-4.3.2-4] [MQTT-4.3.2-5] [MQTT3-4.3.2-2] [MQTT-2.2.1-5] [MQTT3-2.3.1-6]", async () => {
    const hub = new TestHub();
    const [reader, writer] = await pair(hub, protocolVersion);
    await step(hub);
    for (const [text, dup] of [
      ["one", false],
      ["two", true],
      ["three", false],
    ] as const) {
      writer.send({ ...publishPacket("q", text, { qos: 1, messageId: 0xabcd }), dup } as Parameters<
        TestClient["send"]
      >[0]);
      expect(await writer.nextHex()).toBe("40 02 ab cd");
      expect((await reader.nextMessage()).text).toBe(text);
      await step(hub);
    }
  });

  it("answers QoS 2 with PUBREC and PUBCOMP and delivers once, whatever is repeated [MQTT-4.3.3-8] [MQTT-4.3.3-10] [not MQTT-4.3.3-10] [MQTT-4.3.3-11] [MQTT-4.3.3-12] [MQTT3-4.3.3-2] [not MQTT3-4.3.3-2] [MQTT-2.2.1-5] [MQTT3-2.3.1-6] [MQTT-3.3.4-1] [MQTT3-3.3.4-1] [MQTT-3.7.2-1]", async () => {
    const hub = new TestHub();
    const [reader, writer] = await pair(hub, protocolVersion);
    for (const text of ["first", "second"]) {
      for (const dup of [false, true, false]) {
        writer.send({ ...publishPacket("q", text, { qos: 2, messageId: 7 }), dup } as Parameters<
          TestClient["send"]
        >[0]);
        expect(await writer.nextHex()).toBe("50 02 00 07");
        await step(hub);
      }
      writer.sendBytes(ack("62", 7));
      expect(await writer.nextHex()).toBe("70 02 00 07");
      await step(hub);
      expect((await reader.nextMessage()).text).toBe(text);
    }
    await reader.settle();
    expect(reader.remainingHex()).toEqual([]);
  });

  it("answers a PUBREL it knows nothing of like one that is repeated [MQTT-3.7.2-1]", async () => {
    const hub = new TestHub();
    const writer = await hub.app({ protocolVersion });
    writer.sendBytes(ack("62", 9));
    expect([...(await writer.nextBytes())]).toEqual([0x70, 2, 0, 9]);
    await writer.settle();
  });
});

describeBoth("the hub as sender", (protocolVersion, step) => {
  it("sends QoS 1 once, with DUP 0 and packet ids not in use [MQTT-2.2.1-4] [MQTT3-2.3.1-4] [MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT3-4.3.2-1] [MQTT-3.3.1-3] [MQTT3-3.3.1-3] [not MQTT-4.4.0-1]", async () => {
    const hub = new TestHub();
    const [reader, writer] = await pair(hub, protocolVersion);
    const ids = new Set<number>();
    for (let i = 1; i <= 5; i++) {
      await step(hub);
      // DUP of what comes in says nothing of what goes out.
      writer.send({ ...publishPacket("q", String(i), { qos: 1, messageId: 1 }), dup: true } as Parameters<
        TestClient["send"]
      >[0]);
      await writer.next("puback");
      const bytes = await reader.nextBytes();
      expect(bytes[0]).toBe(0x32);
      ids.add((bytes[5] as number) * 256 + (bytes[6] as number));
    }
    expect(ids.size).toBe(5);
    expect(ids.has(0)).toBe(false);
    for (const id of ids) reader.sendBytes(ack("40", id));
    await step(hub);
    await reader.settle();
    expect(reader.remainingHex()).toEqual([]);
  });

  it("carries QoS 2 through: PUBLISH, PUBREC, PUBREL, PUBCOMP [MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT-4.3.3-3] [MQTT-4.3.3-4] [MQTT-4.3.3-5] [not MQTT-4.3.3-6] [MQTT3-4.3.3-1] [not MQTT3-4.3.3-1] [MQTT-2.2.1-5] [MQTT3-2.3.1-6] [MQTT-3.6.2-1]", async () => {
    const hub = new TestHub();
    const [reader, writer] = await pair(hub, protocolVersion);
    const ids: number[] = [];
    for (let i = 1; i <= 3; i++) {
      writer.publish("q", String(i), { qos: 2, messageId: i });
      await writer.next("pubrec");
      const bytes = await reader.nextBytes();
      expect(bytes[0]).toBe(0x34);
      ids.push((bytes[5] as number) * 256 + (bytes[6] as number));
      await step(hub);
    }
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) {
      for (let again = 0; again < 2; again++) {
        reader.sendBytes(ack("50", id));
        const pubrel = await reader.nextBytes();
        expect([...pubrel]).toEqual([0x62, 2, id >> 8, id & 255]);
        await step(hub);
      }
      reader.sendBytes(ack("70", id));
      await step(hub);
    }
    await reader.settle();
    expect(reader.remainingHex()).toEqual([]);
  });

  it("answers a PUBREC it knows nothing of [MQTT-3.6.2-1]", async () => {
    const hub = new TestHub();
    const [reader] = await pair(hub, protocolVersion);
    await step(hub);
    reader.sendBytes(ack("50", 99));
    const answer = await reader.nextBytes();
    expect([answer[0], answer[2], answer[3], answer[4]]).toEqual([
      0x62,
      0,
      99,
      protocolVersion === 5 ? 0x92 : undefined,
    ]);
  });
});

describe.each(evictions)("a refused delivery, hub %s", (_, step) => {
  it("is finished: PUBACK or PUBREC of 0x80 or above, and no PUBREL [not MQTT-4.4.0-2]", async () => {
    const hub = new TestHub();
    const options = { clientId: "reader", clean: false, properties: { sessionExpiryInterval: 600 } };
    const reader = await hub.app(options);
    await reader.subscribe({ topic: "q", qos: 2 });
    const writer = await hub.app();
    for (const qos of [1, 2] as const) {
      writer.publish("q", "x", { qos, messageId: qos });
      await writer.nextPacket();
      const { messageId } = await reader.next("publish");
      await step(hub);
      reader.send({ cmd: qos === 1 ? "puback" : "pubrec", messageId, reasonCode: 0x80 } as Parameters<
        TestClient["send"]
      >[0]);
      await reader.settle();
      await step(hub);
    }
    reader.drop();
    await reader.closed;
    const back = await hub.app(options);
    expect(back.connack?.sessionPresent).toBe(true);
    await back.settle();
    expect(back.remainingHex()).toEqual([]);
  });

  it("by the hub frees the packet id: PUBREC of 0x80 or above, then the same id is a new message [MQTT-4.3.3-9]", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const [reader, device] = [await hub.app(), await hub.device(own)];
    await reader.subscribe({ topic: "shared/q", qos: 2 });
    await step(hub);
    device.publish("others", "no", { qos: 2, messageId: 5 });
    expect((await device.next("pubrec")).reasonCode).toBe(0x87);
    await step(hub);
    device.publish("shared/q", "yes", { qos: 2, messageId: 5 });
    expect(await device.nextHex()).toBe("50 02 00 05");
    expect((await reader.nextMessage()).text).toBe("yes");
  });
});

describe("expiry and QoS 2", () => {
  useManualClock();

  it("what was sent does not expire, and what expired is still acknowledged [not MQTT-4.3.3-7] [MQTT-4.3.3-13]", async () => {
    const hub = new TestHub();
    const options = { clientId: "reader", clean: false, properties: { sessionExpiryInterval: 600 } };
    const reader = await hub.app(options);
    await reader.subscribe({ topic: "q", qos: 2 });
    const writer = await hub.app({ keepalive: 0 });
    const properties = { messageExpiryInterval: 5 };
    writer.send({ ...publishPacket("q", "x", { qos: 2, messageId: 3 }), properties } as Parameters<
      TestClient["send"]
    >[0]);
    await writer.next("pubrec");
    const { messageId } = await reader.next("publish");
    reader.drop();
    await reader.closed;
    await passSeconds(hub, 30);
    writer.sendBytes(fromHex("62 02 00 03"));
    expect(await writer.nextHex()).toBe("70 02 00 03");
    const back = await hub.app(options);
    expect(await back.next("publish")).toMatchObject({ messageId, dup: true, qos: 2 });
    back.send({ cmd: "pubrec", messageId });
    expect(await back.next("pubrel")).toMatchObject({ messageId });
    back.send({ cmd: "pubcomp", messageId });
    await back.settle();
  });
});

describe("acknowledgements and the client's maximum packet size", () => {
  it("no reason string makes them larger than the client takes [not MQTT-3.4.2-2] [not MQTT-3.5.2-2] [not MQTT-3.6.2-2] [not MQTT-3.7.2-2]", async () => {
    const hub = new TestHub();
    const device = await hub.device(await hub.addDevice(), { properties: { maximumPacketSize: 20 } });
    device.publish("others", "x", { qos: 1, messageId: 1 });
    device.publish("others", "x", { qos: 2, messageId: 2 });
    device.sendBytes(fromHex("50 02 00 03 62 02 00 04"));
    await expect(
      Promise.all([1, 2, 3, 4].map(() => device.nextBytes())).then((all) =>
        all.map((one) => [one[0], one[3], one[4], one.length <= 20]),
      ),
    ).resolves.toEqual([
      [0x40, 1, 0x87, true],
      [0x50, 2, 0x87, true],
      [0x62, 3, 0x92, true],
      [0x70, 4, undefined, true],
    ]);
  });

  it("nor where problem information is not wanted [not MQTT-3.1.2-29]", async () => {
    const hub = new TestHub();
    const device = await hub.device(await hub.addDevice(), { properties: { requestProblemInformation: false } });
    device.publish("others", "x", { qos: 1, messageId: 1 });
    device.publish("others", "x", { qos: 2, messageId: 2 });
    device.send({ cmd: "subscribe", messageId: 3, subscriptions: [{ topic: "others", qos: 0 }] });
    device.send({ cmd: "unsubscribe", messageId: 4, unsubscriptions: ["never"] });
    device.sendBytes(fromHex("50 02 00 05 62 02 00 06"));
    const answers: (string | undefined)[] = [];
    for (let i = 0; i < 6; i++) {
      const packet = await device.nextPacket();
      const { reasonString, userProperties } = ((packet as { properties?: object }).properties ?? {}) as Record<
        string,
        unknown
      >;
      expect([reasonString, userProperties]).toEqual([undefined, undefined]);
      answers.push(packet.cmd);
    }
    expect(answers).toEqual(["puback", "pubrec", "suback", "unsuback", "pubrel", "pubcomp"]);
  });
});
