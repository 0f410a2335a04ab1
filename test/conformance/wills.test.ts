// Wills: sections 3.1.2.5, 3.1.3.2 of MQTT 5 and 3.1.2.5 of 3.1.1.
import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import { openClient } from "../support/mqtt-client.ts";
import { describeBoth, persistent } from "../support/mqtt-versions.ts";
import { passSeconds, useManualClock } from "../support/time.ts";

const will = { topic: "will", payload: "gone" as unknown as Buffer, qos: 1 as const, retain: false };

describeBoth("a will", (protocolVersion, step) => {
  it("is stored, and published once when the connection ends without DISCONNECT, not retained if not asked [MQTT-3.1.2-7] [MQTT-3.1.2-8] [MQTT-3.1.2-10] [MQTT-3.1.2-14] [MQTT3-3.1.2-8] [MQTT3-3.1.2-10] [MQTT3-3.1.2-16]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app({ protocolVersion });
    await watcher.subscribe({ topic: "will", qos: 2 });
    for (const qos of [0, 1, 2] as const) {
      const client = await hub.app({ protocolVersion, clientId: "c", will: { ...will, qos } });
      await step(hub);
      client.drop();
      expect(await watcher.nextMessage()).toMatchObject({ text: "gone", qos, retain: false });
      await client.closed;
      await step(hub);
      const plain = await hub.app({ protocolVersion, clientId: "c" });
      await step(hub);
      plain.drop();
      await plain.closed;
    }
    await watcher.expectNoPacket();
    const late = await hub.app({ protocolVersion });
    await late.subscribe("will");
    await late.expectNoPacket();
  });

  it("is retained if asked [MQTT-3.1.2-15] [MQTT3-3.1.2-17]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion, will: { ...will, retain: true } });
    await step(hub);
    client.drop();
    await client.closed;
    await step(hub);
    const late = await hub.app({ protocolVersion });
    await late.subscribe("will");
    expect(await late.nextMessage()).toMatchObject({ text: "gone", retain: true });
  });

  it("is published for nobody who left none [not MQTT3-3.1.2-12]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app({ protocolVersion });
    await watcher.subscribe("#");
    const client = await hub.app({ protocolVersion });
    await step(hub);
    client.drop();
    await client.closed;
    await watcher.expectNoPacket();
  });

  it("is published when the client id is taken over, or the connection breaks a rule [MQTT-3.1.2-8] [MQTT3-3.1.2-8]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app({ protocolVersion });
    await watcher.subscribe("will");
    await hub.app({ protocolVersion, clientId: "c", will });
    await step(hub);
    const next = await hub.app({ protocolVersion, clientId: "c", will });
    expect((await watcher.nextMessage()).text).toBe("gone");
    await step(hub);
    next.sendBytes([0xd0, 0]);
    expect((await watcher.nextMessage()).text).toBe("gone");
    await watcher.expectNoPacket();
  });

  it("on a forbidden topic is refused with its connection", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const client = await openClient(hub.path);
    const connack = await client.connect({
      protocolVersion,
      password: own.credential,
      will: { ...will, topic: "others" },
    });
    expect(protocolVersion === 5 ? connack.reasonCode : connack.returnCode).toBe(protocolVersion === 5 ? 0x87 : 5);
    await client.expectClosed();
  });
});

describe.each(evictions)("a will with a delay, hub %s", (_, step) => {
  useManualClock();
  const delayed = { ...will, properties: { willDelayInterval: 30 } };

  it("comes after the delay [MQTT-3.1.2-8]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app({ keepalive: 60 });
    await watcher.subscribe("will");
    const client = await hub.app({ ...persistent(5), clientId: "c", will: delayed });
    await step(hub);
    client.drop();
    await client.closed;
    await passSeconds(hub, 29);
    await watcher.settle();
    expect(watcher.remainingHex()).toEqual([]);
    await step(hub);
    await passSeconds(hub, 2);
    expect((await watcher.nextMessage()).text).toBe("gone");
  });

  it("does not come if the session is resumed before [not MQTT-3.1.3-9]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("will");
    const client = await hub.app({ ...persistent(5), clientId: "c", will: delayed });
    await step(hub);
    client.drop();
    await client.closed;
    await passSeconds(hub, 20);
    await step(hub);
    const back = await hub.app({ ...persistent(5), clientId: "c" });
    await passSeconds(hub, 20);
    await watcher.settle();
    await back.settle();
    expect(watcher.remainingHex()).toEqual([]);
  });

  it("comes at once when the session ends before it [MQTT-3.1.2-8]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("will");
    const short = await hub.app({ ...persistent(5, 10), clientId: "short", will: delayed });
    await step(hub);
    short.drop();
    await short.closed;
    await passSeconds(hub, 11);
    expect((await watcher.nextMessage()).text).toBe("gone");
    const none = await hub.app({ clientId: "none", will: delayed });
    await step(hub);
    none.drop();
    expect((await watcher.nextMessage()).text).toBe("gone");
    const replaced = await hub.app({ ...persistent(5), clientId: "replaced", will: delayed });
    await step(hub);
    replaced.drop();
    await replaced.closed;
    await hub.app({ clientId: "replaced" });
    expect((await watcher.nextMessage()).text).toBe("gone");
  });
});

describe("a will's properties", () => {
  it("are forwarded, user properties in their order [MQTT-3.1.3-10]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("will");
    const properties = {
      contentType: "t",
      responseTopic: "r",
      correlationData: Buffer.from([0, 255]),
      messageExpiryInterval: 100,
      userProperties: { b: ["1", "3"], a: "2" },
    };
    const client = await hub.app({ will: { ...will, properties } });
    client.drop();
    const { properties: received } = await watcher.next("publish");
    expect(received).toMatchObject({ contentType: "t", responseTopic: "r" });
    expect(received?.messageExpiryInterval).toBeGreaterThan(90);
    expect(Object.entries(received?.userProperties ?? {})).toEqual([
      ["b", ["1", "3"]],
      ["a", "2"],
    ]);
  });

  it("that claim UTF-8 are checked", async () => {
    const hub = new TestHub();
    const client = await openClient(hub.path);
    const payload = Buffer.from([0xff]);
    const properties = { payloadFormatIndicator: true };
    const connack = await client.connect({ password: await hub.appJwt(), will: { ...will, payload, properties } });
    expect(connack.reasonCode).toBe(0x99);
    await client.expectClosed();
  });
});
