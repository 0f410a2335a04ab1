import { describe, expect, it } from "vitest";
import { inVirtualHub } from "../support/virtual-hub.ts";

describe("a silent client", () => {
  it("is ended after one and a half keep alives as soon as anything wakes the hub, and costs no alarm", () =>
    inVirtualHub(async (hub) => {
      const own = await hub.addDevice();
      const device = hub.connect({ password: own.password, keepalive: 20 });
      const other = hub.connect({ password: await hub.appPassword(), keepalive: 60 });
      hub.pass(29);
      other.send({ cmd: "pingreq" });
      expect(device.isOpen).toBe(true);
      hub.pass(3);
      other.send({ cmd: "pingreq" });
      expect(device.isOpen).toBe(false);
      expect(device.take().at(-1)).toMatchObject({ cmd: "disconnect", reasonCode: 0x8d });
      expect(hub.broker.presence(own.id).online).toBe(false);
      expect(hub.alarms).toBe(0);
    }));

  it("is kept by any packet, also across hibernation", () =>
    inVirtualHub(async (hub) => {
      const device = hub.connect({ password: (await hub.addDevice()).password, keepalive: 20 });
      for (let i = 0; i < 10; i++) {
        hub.pass(25);
        if (i % 2 === 0) hub.evict();
        device.send({ cmd: "pingreq" });
      }
      expect(device.isOpen).toBe(true);
    }));

  it("is noticed exactly while a connected client watches its presence", () =>
    inVirtualHub(async (hub) => {
      const own = await hub.addDevice();
      const device = hub.connect({ password: own.password, keepalive: 20 });
      const watcher = hub.connect({ password: await hub.appPassword(), keepalive: 60 });
      watcher.subscribe("devices/+/presence");
      watcher.take();
      hub.pass(35);
      expect(device.isOpen).toBe(false);
      expect(watcher.takeTexts().map((text) => JSON.parse(text).online)).toEqual([false]);
    }));

  it("is noticed exactly while a connected client subscribes to its will's topic, whoever came first", () =>
    inVirtualHub(async (hub) => {
      const will = { topic: "shared/w", payload: "gone" as unknown as Buffer, qos: 0 as const, retain: false };
      const watcher = hub.connect({ password: await hub.appPassword(), keepalive: 0, protocolVersion: 4 });
      for (const isFirst of [false, true]) {
        if (isFirst) watcher.subscribe("shared/#");
        hub.connect({ password: (await hub.addDevice()).password, keepalive: 20, will });
        if (!isFirst) watcher.subscribe("shared/#");
        hub.pass(35);
        expect(watcher.takeTexts()).toEqual(["gone"]);
        watcher.send({ cmd: "unsubscribe", messageId: 1, unsubscriptions: ["shared/#"] });
      }
    }));

  it("is noticed exactly when its keep alive is very short", () =>
    inVirtualHub(async (hub) => {
      const device = hub.connect({ password: (await hub.addDevice()).password, keepalive: 2 });
      hub.pass(5);
      expect(device.isOpen).toBe(false);
    }));

  it("is noticed later, and many at once, when only a will depends on it", () =>
    inVirtualHub(async (hub) => {
      const password = await hub.appPassword();
      const absent = () =>
        hub.connect({ password, clientId: "absent", clean: false, properties: { sessionExpiryInterval: 9999 } });
      const watcher = absent();
      watcher.subscribe("shared/#", 1);
      watcher.drop();
      for (let i = 0; i < 20; i++) {
        const device = await hub.addDevice();
        const will = { topic: `shared/${i}`, payload: "gone" as unknown as Buffer, qos: 1 as const, retain: false };
        hub.connect({ password: device.password, keepalive: 20, will });
      }
      const { alarms } = hub;
      hub.pass(500);
      hub.pass(110);
      expect(absent().takeTexts()).toHaveLength(20);
      expect(hub.alarms - alarms).toBeLessThanOrEqual(2);
    }));

  it("is noticed exactly in any case with PRESENCE_SWEEP_SECONDS=0", () =>
    inVirtualHub(
      async (hub) => {
        const device = hub.connect({ password: (await hub.addDevice()).password, keepalive: 20 });
        hub.pass(35);
        expect(device.isOpen).toBe(false);
      },
      { presenceSweepSeconds: 0 },
    ));

  it("that does not read gets no more than the memory bears; one that does gets all", () =>
    inVirtualHub(async (hub) => {
      const reader = hub.connect({ password: await hub.appPassword() });
      const sleeper = hub.connect({ password: await hub.appPassword() });
      for (const client of [reader, sleeper]) client.subscribe("shared/#");
      const device = hub.connect({ password: (await hub.addDevice()).password });
      const payload = "x".repeat(200_000);
      let received = 0;
      for (let i = 0; i < 60; i++) {
        device.send({ cmd: "publish", topic: "shared/x", payload, qos: 1, messageId: 1, retain: false, dup: false });
        reader.send({ cmd: "pingreq" });
        received += sleeper.takeTexts().length;
      }
      expect(received * 200_000).toBeLessThan(9_000_000);
      expect(reader.takeTexts()).toHaveLength(60);
    }));
});
