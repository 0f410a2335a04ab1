// What shadows cost in rows, and what is left of them after a crash.
import type { Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { countRows } from "../support/row-counter.ts";
import { inVirtualHub, type VirtualClient, type VirtualHub } from "../support/virtual-hub.ts";

describe("rows", () => {
  it("an update writes one, one more when what is desired changes, none when nothing does; a get none", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    await device.subscribe(`devices/${own.id}/shadow/#`);
    const rows = await countRows(hub);
    const ask = async (operation: string, payload: string, answers: number) => {
      device.publish(`devices/${own.id}/shadow/${operation}`, payload, { qos: 1 });
      // Its own request, the answers, PUBACK.
      for (let i = 0; i < answers + 2; i++) await device.nextPacket();
      return rows();
    };
    expect(await ask("update", '{"state":{"reported":{"a":1}}}', 2)).toMatchObject({ written: 1 });
    expect(await ask("update", '{"state":{"reported":{"a":2}}}', 2)).toEqual({ written: 1, read: 2 });
    expect(await ask("update", '{"state":{"reported":{"a":2}}}', 1)).toEqual({ written: 0, read: 2 });
    expect(await ask("update", '{"state":{"desired":{"a":3}}}', 3)).toMatchObject({ written: 2 });
    expect(await ask("get", "", 1)).toEqual({ written: 0, read: 1 });
    for (let i = 0; i < 25; i++) {
      expect(await ask("update", `{"state":{"desired":{"a":${10 + i}}}}`, 3)).toMatchObject({ written: 2 });
    }
    expect(await ask("update", "{", 1)).toMatchObject({ written: 0 });
    // The row of the shadow, and the history: as many as are kept.
    expect(await ask("delete", "", 1)).toMatchObject({ written: 21 });
    const app = await hub.app();
    await rows();
    await app.subscribe("#", "$aws/#");
    await app.nextMessage(); // presence
    await app.expectNoPacket();
    expect(await rows()).toMatchObject({ written: 0 });
  });

  it("a subscription that cannot cover a delta reads none", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    device.publish(`devices/${own.id}/shadow/update`, '{"state":{"desired":{"a":1}}}');
    await device.settle();
    const rows = await countRows(hub, /FROM shadows/);
    await device.subscribe(`devices/${own.id}/set/#`, "shared/#", `devices/${own.id}/shadow/+/accepted`);
    expect(await rows()).toEqual({ written: 0, read: 0 });
    await device.subscribe(`devices/${own.id}/shadow/update/delta`);
    expect(await rows()).toEqual({ written: 0, read: 1 });
  });
});

function update(client: VirtualClient, id: string, state: object, messageId = 1): Packet[] {
  const payload = JSON.stringify({ state });
  client.send({
    cmd: "publish",
    topic: `devices/${id}/shadow/update`,
    payload,
    qos: 1,
    retain: false,
    dup: false,
    messageId,
  });
  return client.take();
}

function deltas(client: VirtualClient): unknown[] {
  return client.takeTexts().map((text) => JSON.parse(text).state);
}

async function pair(hub: VirtualHub): Promise<{ app: VirtualClient; id: string; password: string }> {
  const { id, password } = await hub.addDevice();
  const app = hub.connect({ password: await hub.appPassword() });
  return { app, id, password };
}

describe("after the process died", () => {
  it("an acknowledged update is there, and the device gets one delta", () =>
    inVirtualHub(async (hub) => {
      const { app, id, password } = await pair(hub);
      for (let level = 1; level <= 3; level++) {
        const packets = update(app, id, { desired: { level } }, level);
        expect(packets.at(-1)).toMatchObject({ cmd: "puback", messageId: level });
      }
      hub.crash();
      const device = hub.connect({ password });
      device.subscribe(`devices/${id}/shadow/update/delta`, 1);
      expect(deltas(device)).toEqual([{ level: 3 }]);
    }));

  it("a kept session with QoS 1 gets the delta that holds, not one for each change", () =>
    inVirtualHub(async (hub) => {
      const { app, id, password } = await pair(hub);
      const kept = { password, clientId: "kept", clean: false, properties: { sessionExpiryInterval: 1000 } };
      const device = hub.connect(kept);
      device.subscribe(`$aws/things/${id}/shadow/update/delta`, 1);
      device.drop();
      for (let level = 1; level <= 3; level++) update(app, id, { desired: { level } }, level);
      hub.crash();
      const again = hub.connect(kept);
      const [connack, ...rest] = again.take();
      expect(connack).toMatchObject({ cmd: "connack", sessionPresent: true });
      expect(rest).toMatchObject([{ cmd: "publish", qos: 0 }]);
      expect(JSON.parse((rest[0] as { payload: Buffer }).payload.toString())).toMatchObject({ state: { level: 3 } });
    }));
});

describe("the version of a deleted shadow", () => {
  it.each([
    [47, 3],
    [49, 1],
  ])("goes on within 48 hours: after %d hours the next one is %d", (hours, version) =>
    inVirtualHub(async (hub) => {
      const { id, password } = await pair(hub);
      const connect = (): VirtualClient => {
        const device = hub.connect({ password });
        device.subscribe(`devices/${id}/shadow/+/accepted`);
        device.take();
        return device;
      };
      const device = connect();
      update(device, id, { reported: { a: 1 } });
      update(device, id, { reported: { a: 2 } }, 2);
      device.send({
        cmd: "publish",
        topic: `devices/${id}/shadow/delete`,
        payload: "",
        qos: 0,
        retain: false,
        dup: false,
      });
      expect(device.takeTexts().map((text) => JSON.parse(text))).toMatchObject([{ version: 2 }]);
      device.drop();
      hub.pass(hours * 3600);
      const later = connect();
      const [accepted] = update(later, id, { reported: { a: 3 } });
      expect(JSON.parse((accepted as { payload: Buffer }).payload.toString())).toMatchObject({ version });
    }),
  );
});

it("more updates than the hub may store are refused with 429, and cost no row", () =>
  inVirtualHub(
    async (hub) => {
      const { id, password } = await pair(hub);
      const device = hub.connect({ password });
      device.subscribe(`devices/${id}/shadow/update/+`);
      device.take();
      for (let a = 0; a < 30; a++) update(device, id, { reported: { a } }, a + 1);
      device.send({
        cmd: "publish",
        topic: `devices/${id}/shadow/update`,
        payload: '{"state":{"reported":{"a":99}},"clientToken":"c"}',
        qos: 0,
        retain: false,
        dup: false,
      });
      expect(device.takeTexts().map((text) => JSON.parse(text))).toMatchObject([{ code: 429, clientToken: "c" }]);
      hub.pass(2);
      const [accepted] = update(device, id, { reported: { a: 100 } });
      expect(JSON.parse((accepted as { payload: Buffer }).payload.toString())).toMatchObject({ version: 21 });
    },
    { maxStoredPerSecond: 10 },
  ));
