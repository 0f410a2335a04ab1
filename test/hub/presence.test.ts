import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import type { TestClient } from "../support/mqtt-client.ts";

async function nextPresence(
  client: TestClient,
): Promise<{ topic: string; online: boolean; lastSeenAt: number | null; retain: boolean }> {
  const { topic, text, retain } = await client.nextMessage();
  return { topic, ...JSON.parse(text), retain };
}

describe.each(evictions)("presence, hub %s", (_, step) => {
  it("is told when a device connects, disconnects and is lost, and to who subscribes later", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const topic = `devices/${own.id}/presence`;
    const app = await hub.app();
    await app.subscribe("devices/+/presence");
    expect(await nextPresence(app)).toEqual({ topic, online: false, lastSeenAt: null, retain: true });
    await step(hub);

    const device = await hub.device(own);
    expect(await nextPresence(app)).toMatchObject({ topic, online: true, retain: false });
    await step(hub);
    expect(await hub.stub.presence(own.id)).toMatchObject({ value: { online: true } });
    const before = Date.now();
    device.send({ cmd: "disconnect" });
    const offline = await nextPresence(app);
    expect(offline).toMatchObject({ online: false });
    expect(offline.lastSeenAt).toBeGreaterThanOrEqual(before - 5);
    await step(hub);

    const again = await hub.device(own);
    expect(await nextPresence(app)).toMatchObject({ online: true });
    await step(hub);
    again.drop();
    expect(await nextPresence(app)).toMatchObject({ online: false });
    await step(hub);

    const late = await hub.app();
    await late.subscribe(topic);
    expect(await nextPresence(late)).toMatchObject({ topic, online: false, retain: true });
    const everything = await hub.app();
    await everything.subscribe("#");
    expect(await nextPresence(everything)).toMatchObject({ topic, online: false, retain: true });
  });

  it("stays online through a takeover, and until the last of several connections ends", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const first = await hub.device(own, { clientId: "lamp" });
    const app = await hub.app();
    await app.subscribe(`devices/${own.id}/presence`);
    expect(await nextPresence(app)).toMatchObject({ online: true });
    await step(hub);
    const second = await hub.device(own, { clientId: "lamp" });
    expect((await first.next("disconnect")).reasonCode).toBe(0x8e);
    await first.expectClosed();
    const third = await hub.device(own, { clientId: "another" });
    await step(hub);
    second.drop();
    await app.expectNoPacket();
    third.drop();
    expect(await nextPresence(app)).toMatchObject({ online: false });
  });

  it("is not sent for filters that cannot match, and only for devices the hub admits", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const token = await hub.addAppToken();
    const app = await hub.app();
    await step(hub);
    await app.subscribe(
      "devices/+/streams/#",
      `devices/${own.id}/set/+`,
      "devices/dev_unknown/presence",
      "shared/#",
      `devices/${token.id}/presence`,
    );
    await app.expectNoPacket();
    await app.subscribe(`devices/${own.id}/#`);
    expect(await nextPresence(app)).toMatchObject({ online: false });
  });
});
