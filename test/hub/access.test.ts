import { describe, expect, it } from "vitest";
import { reasonCode } from "../../src/protocols/mqtt/reason-codes.ts";
import { noGrants } from "../../src/domain/access.ts";
import { evictions, TestHub } from "../support/hub.ts";

describe.each(evictions)("topics, hub %s", (_, step) => {
  it("let a device use its own and the shared ones, and no other device's", async () => {
    const hub = new TestHub();
    const [own, other] = [await hub.addDevice(), await hub.addDevice()];
    const device = await hub.device(own);
    const app = await hub.app();
    await app.subscribe("#");
    await app.nextMessage();
    await app.nextMessage();
    await step(hub);

    const filters = [
      { topic: `devices/${own.id}/#`, nl: true },
      `$aws/things/${own.id}/shadow/#`,
      "shared/+",
      `devices/${other.id}/set/led`,
      "devices/+/set/led",
      "#",
    ];
    expect(await device.subscribe(...filters)).toEqual([0, 0, 0, 0x87, 0x87, 0x87]);
    await device.nextMessage();
    await step(hub);

    const publish = async (topic: string): Promise<number | undefined> => {
      device.publish(topic, "x", { qos: 1, messageId: 5 });
      const puback = await device.next("puback");
      return puback.reasonCode;
    };
    expect(await publish(`devices/${own.id}/streams/t`)).toBe(0);
    expect((await app.nextMessage()).topic).toBe(`devices/${own.id}/streams/t`);
    for (const topic of [
      `devices/${other.id}/streams/t`,
      `devices/${own.id}/presence`,
      `devices/${own.id}/feed`,
      "free",
      "$SYS/x",
    ]) {
      expect(await publish(topic)).toBe(reasonCode.notAuthorized);
    }
    await app.expectNoPacket();
  });

  it("widen with grants, at once and also for a connected device, and narrow again", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice({ publish: ["tele/lamp/#"], subscribe: ["cmnd/lamp/#"] });
    const device = await hub.device(own, { protocolVersion: 4 });
    const app = await hub.app();
    await app.subscribe("#");
    await app.nextMessage();
    expect(await device.subscribe("cmnd/lamp/POWER", "cmnd/+/POWER")).toEqual([0, 0x80]);
    device.publish("tele/lamp/STATE", "on");
    expect((await app.nextMessage()).topic).toBe("tele/lamp/STATE");
    await step(hub);

    await hub.stub.applyCredentials([
      { subject: own.id, version: 2, gen: 1, grants: { publish: ["#"], subscribe: [] } },
    ]);
    await step(hub);
    device.publish("anywhere", "on");
    expect((await app.nextMessage()).topic).toBe("anywhere");
    app.publish("cmnd/lamp/POWER", "off");
    await app.nextMessage();
    await device.settle();
    await device.expectNoPacket();
    await hub.stub.applyCredentials([{ subject: own.id, version: 3, gen: 1, grants: noGrants }]);
    device.publish("anywhere", "on");
    await device.settle();
    await app.expectNoPacket();
  });

  it("acknowledge a refused message in MQTT 3.1.1, and keep the connection [MQTT3-3.3.5-2]", async () => {
    const hub = new TestHub();
    const device = await hub.device(await hub.addDevice(), { protocolVersion: 4 });
    await step(hub);
    device.publish("stat/lamp/POWER", "on", { qos: 1, messageId: 3 });
    expect(await device.next("puback")).toMatchObject({ messageId: 3 });
    await device.settle();
  });

  it("let an app use everything but what the hub says, and nothing of other users", async () => {
    const hub = new TestHub();
    const stranger = await new TestHub().app();
    await stranger.subscribe("#");
    const app = await hub.app();
    expect(await app.subscribe("#", "free/topic")).toEqual([0, 0]);
    await step(hub);
    app.publish("free/topic", "x");
    expect((await app.nextMessage()).topic).toBe("free/topic");
    app.publish("devices/dev_1/presence", "x", { qos: 1 });
    expect((await app.next("puback")).reasonCode).toBe(reasonCode.notAuthorized);
    await stranger.expectNoPacket();
  });
});
