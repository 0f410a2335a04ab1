import { abortAllDurableObjects } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";

const will = { topic: "shared/will", payload: "gone" as unknown as Buffer, qos: 1 as const, retain: true };

describe.each(evictions)("a will, hub %s", (_, step) => {
  it("is published when its connection is lost, taken over or revoked [MQTT-3.1.2-8]", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const app = await hub.app();
    await app.subscribe("shared/#");
    const lost = await hub.device(own, { will });
    await step(hub);
    lost.drop();
    expect((await app.nextMessage()).text).toBe("gone");

    await hub.device(own, { will, clientId: "same" });
    await step(hub);
    await hub.device(own, { will: { ...will, properties: { willDelayInterval: 60 } }, clientId: "same" });
    expect((await app.nextMessage()).text).toBe("gone");
    await step(hub);
    await hub.stub.applyCredentials([
      { subject: own.id, version: 2, gen: null, grants: { publish: [], subscribe: [] } },
    ]);
    expect((await app.nextMessage()).text).toBe("gone");

    const late = await hub.app();
    await late.subscribe("shared/will");
    expect(await late.nextMessage()).toMatchObject({ text: "gone", retain: true });
  });

  it("is dropped by a normal DISCONNECT, and published for reason code 4 [MQTT-3.14.4-3]", async () => {
    const hub = new TestHub();
    const app = await hub.app();
    await app.subscribe("shared/#");
    const polite = await hub.app({ will });
    await step(hub);
    polite.send({ cmd: "disconnect", reasonCode: 0 });
    await polite.expectClosed();
    await app.expectNoPacket();
    const wanting = await hub.app({ will });
    await step(hub);
    wanting.send({ cmd: "disconnect", reasonCode: 4 });
    expect((await app.nextMessage()).text).toBe("gone");
  });

  it("is dropped when DISCONNECT and the end of the socket come together", async () => {
    const hub = new TestHub();
    const client = await hub.app({ will });
    await step(hub);
    client.send({ cmd: "disconnect" });
    client.drop();
    await client.expectClosed();
    await step(hub);
    const app = await hub.app();
    await app.subscribe("shared/will");
    await app.expectNoPacket();
  });

  it("is published for a connection that broke a rule", async () => {
    const hub = new TestHub();
    const app = await hub.app();
    await app.subscribe("shared/#");
    const rude = await hub.app({ will });
    await step(hub);
    rude.sendText("not MQTT");
    expect((await app.nextMessage()).text).toBe("gone");
  });
});

it("a will outlives a crash of the object: it is published when the hub wakes", async () => {
  const hub = new TestHub();
  const client = await hub.app({ will });
  await abortAllDurableObjects();
  await client.closed;
  const app = await hub.app();
  await app.subscribe("shared/will");
  expect(await app.nextMessage()).toMatchObject({ text: "gone", retain: true });
});
