// A client's DISCONNECT and the end of connections: section 3.14 of both versions.
import { expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { publishPacket } from "../support/mqtt-client.ts";
import { describeBoth, persistent } from "../support/mqtt-versions.ts";

const will = { topic: "will", payload: "gone" as unknown as Buffer, qos: 0 as const, retain: false };

describeBoth("DISCONNECT", (protocolVersion, step) => {
  it("discards the will and closes the connection [MQTT-3.14.4-3] [MQTT3-3.14.4-3] [MQTT-3.1.2-10] [MQTT3-3.1.2-10]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("will");
    const client = await hub.app({ protocolVersion, will });
    await step(hub);
    client.send({ cmd: "disconnect" });
    expect((await client.expectClosed()).code).toBe(1000);
    expect(client.remainingHex()).toEqual([]);
    await step(hub);
    await watcher.expectNoPacket();
  });

  it("is the last that is handled [not MQTT3-3.14.4-2] [not MQTT-3.14.4-1]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("late");
    const client = await hub.app({ protocolVersion });
    await step(hub);
    client.send({ cmd: "disconnect" }, publishPacket("late", "x"));
    await client.expectClosed();
    expect(client.remainingHex()).toEqual([]);
    await watcher.expectNoPacket();
  });

  it("leaves a session that is to be kept [MQTT-3.1.2-23] [MQTT3-3.1.2-4]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ ...persistent(protocolVersion), clientId: "c" });
    await step(hub);
    client.send({ cmd: "disconnect" });
    await client.expectClosed();
    await step(hub);
    expect((await hub.app({ ...persistent(protocolVersion), clientId: "c" })).connack?.sessionPresent).toBe(true);
  });

  if (protocolVersion === 4) return;

  it("with 0x04 publishes the will", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("will");
    const client = await hub.app({ will });
    await step(hub);
    client.send({ cmd: "disconnect", reasonCode: 4 });
    expect((await watcher.nextMessage()).text).toBe("gone");
    await client.expectClosed();
  });

  it("may change the session's expiry, though not from zero", async () => {
    const hub = new TestHub();
    const kept = await hub.app({ ...persistent(5), clientId: "kept" });
    await step(hub);
    kept.send({ cmd: "disconnect", properties: { sessionExpiryInterval: 0 } });
    await kept.expectClosed();
    await step(hub);
    expect((await hub.app({ ...persistent(5), clientId: "kept" })).connack?.sessionPresent).toBe(false);
    const plain = await hub.app({ clientId: "plain" });
    await step(hub);
    plain.send({ cmd: "disconnect", properties: { sessionExpiryInterval: 10 } });
    expect((await plain.next("disconnect")).reasonCode).toBe(0x82);
    await plain.expectClosed();
  });
});
