import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { UserHub } from "../../durable-objects/user-hub/user-hub.ts";
import { deletedVersion } from "../../src/domain/credentials.ts";
import { signDeviceCredential } from "../../src/identity/tokens.ts";
import { evictions, keys, TestHub } from "../support/hub.ts";
import { openClient, type TestClient } from "../support/mqtt-client.ts";

const grants = { publish: [], subscribe: [] };

async function isAdmitted(hub: TestHub, password: string): Promise<boolean> {
  const client = await openClient(hub.path);
  const connack = await client.connect({ password });
  return connack.reasonCode === 0;
}

async function expectEnded(client: TestClient): Promise<void> {
  expect((await client.next("disconnect")).reasonCode).toBe(0x87);
  expect((await client.expectClosed()).code).toBe(1008);
}

describe.each(evictions)("credentials, hub %s", (_, step) => {
  it("end their sockets at once when revoked, and let nobody in afterwards", async () => {
    const hub = new TestHub();
    const [own, other] = [await hub.addDevice(), await hub.addDevice()];
    const device = await hub.device(own);
    const bystander = await hub.device(other);
    await step(hub);
    await hub.stub.applyCredentials([{ subject: own.id, version: 2, gen: null, grants }]);
    await expectEnded(device);
    await bystander.settle();
    await step(hub);
    expect(await isAdmitted(hub, own.credential)).toBe(false);
    expect(await isAdmitted(hub, other.credential)).toBe(true);
  });

  it("are replaced by the next generation", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    await step(hub);
    await hub.stub.applyCredentials([{ subject: own.id, version: 2, gen: 2, grants }]);
    await expectEnded(device);
    await step(hub);
    expect(await isAdmitted(hub, own.credential)).toBe(false);
    const next = await signDeviceCredential(keys, { deviceId: own.id, hubId: hub.id, gen: 2 });
    expect(await isAdmitted(hub, next)).toBe(true);
  });

  it("are not brought back by a late message", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    await hub.stub.applyCredentials([{ subject: own.id, version: deletedVersion, gen: null, grants }]);
    await step(hub);
    await hub.stub.applyCredentials([{ subject: own.id, version: 7, gen: 1, grants }]);
    expect(await isAdmitted(hub, own.credential)).toBe(false);
  });

  it("of apps work alike: listed, revoked", async () => {
    const hub = new TestHub();
    const { id, token } = await hub.addAppToken();
    const client = await openClient(hub.path);
    await client.connect({ password: token });
    await step(hub);
    await hub.stub.applyCredentials([{ subject: id, version: 2, gen: null, grants }]);
    await expectEnded(client);
    expect(await isAdmitted(hub, token)).toBe(false);
  });

  it("that expire end their connection with its next packet, and get nothing any more", async () => {
    const hub = new TestHub();
    const expiresAt = (Math.floor(Date.now() / 1000) + 2) * 1000;
    const { token } = await hub.addAppToken(expiresAt);
    const reader = await openClient(hub.path);
    await reader.connect({ password: token });
    await reader.subscribe("t");
    const pinger = await openClient(hub.path);
    await pinger.connect({ password: token });
    await step(hub);
    await new Promise((resolve) => setTimeout(resolve, expiresAt - Date.now() + 10));
    const app = await hub.app();
    app.publish("t", "secret");
    await expectEnded(reader);
    pinger.send({ cmd: "pingreq" });
    await expectEnded(pinger);
    expect(await isAdmitted(hub, token)).toBe(false);
  });
});

it("revocation reaches a hub that sleeps", async () => {
  const hub = new TestHub();
  const own = await hub.addDevice();
  const device = await hub.device(own);
  await evictDurableObject(hub.stub);
  const startedAt = performance.now();
  await hub.stub.applyCredentials([{ subject: own.id, version: 2, gen: null, grants }]);
  await expectEnded(device);
  console.log(`revoked to closed, hub asleep: ${(performance.now() - startedAt).toFixed(1)} ms`);
});

it("an unchanged credential writes no row", async () => {
  const hub = new TestHub();
  const own = await hub.addDevice();
  await runInDurableObject(hub.stub, async (instance: UserHub, state) => {
    const writtenBefore = totalChanges(state);
    await instance.applyCredentials([{ subject: own.id, version: 1, gen: 1, grants }]);
    expect(totalChanges(state)).toBe(writtenBefore);
  });
});

function totalChanges(state: DurableObjectState): number {
  return state.storage.sql.exec<{ n: number }>("SELECT total_changes() AS n").one().n;
}
