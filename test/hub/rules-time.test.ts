// Rules on presence and on schedules, in virtual time: deadlines that outlive sleep, crashes and days without power.
import { describe, expect, it } from "vitest";
import { deletedVersion } from "../../src/domain/credentials.ts";
import { publishes, VirtualRule } from "../support/rules.ts";
import { inVirtualHub, type VirtualHub } from "../support/virtual-hub.ts";

const pauses: [string, (hub: VirtualHub) => void][] = [
  ["awake", () => {}],
  ["evicted whenever nothing happens", (hub) => hub.evict()],
];

const nowhere = { country: null, city: null, asn: null, network: null, edge: null, address: null, client: null };

const types = (rule: VirtualRule) => rule.log.map(({ cause }) => `${cause.type} ${cause.deviceId}`);

describe.each(pauses)("a rule on presence, the hub %s", (_, pause) => {
  it("fires when a device has been away for so long, once, and not when it comes back before", () =>
    inVirtualHub(async (hub) => {
      const { id, password } = await hub.addDevice();
      const rule = new VirtualRule(hub, { type: "offline", device: { deviceId: id }, forSeconds: 300 });
      const connect = () => hub.connect({ password, keepalive: 0 });
      for (const [online, away] of [
        [10, 299],
        [10, 301],
        [10, 5],
      ] as const) {
        const device = connect();
        pause(hub);
        hub.pass(online);
        device.drop();
        pause(hub);
        hub.pass(away);
      }
      expect(types(rule)).toEqual([`offline ${id}`]);
      hub.pass(300);
      expect(rule.times).toBe(2);
      pause(hub);
      hub.pass(86_400);
      expect(rule.times).toBe(2);
      connect().drop();
      hub.pass(301);
      expect(rule.times).toBe(3);
    }));

  it("fires when a device comes back after so long, and not after a short absence", () =>
    inVirtualHub(async (hub) => {
      const { id, password } = await hub.addDevice();
      const rule = new VirtualRule(hub, { type: "online", device: { deviceId: id }, forSeconds: 60 });
      const visit = () => {
        hub.connect({ password, keepalive: 0 }).drop();
        pause(hub);
      };
      hub.pass(100);
      visit();
      expect(types(rule)).toEqual([`online ${id}`]);
      hub.pass(59);
      visit();
      expect(rule.times).toBe(1);
      hub.pass(61);
      visit();
      expect(rule.times).toBe(2);
    }));

  it("notices a device that falls silent within a sweep, with an alarm for all of them", () =>
    inVirtualHub(async (hub) => {
      const about = { name: "Lamp", model: null, tags: ["lamp"] };
      const devices = await Promise.all(Array.from({ length: 10 }, () => hub.addDevice()));
      const states = devices.map(({ id }) => {
        return { subject: id, version: 2, gen: 1, grants: { publish: [], subscribe: [] }, about };
      });
      hub.broker.applyCredentials(states);
      const rule = new VirtualRule(hub, { type: "offline", device: { tag: "lamp" }, forSeconds: 60 });
      for (const { password } of devices) hub.connect({ password, keepalive: 30 });
      pause(hub);
      const { alarms } = hub;
      hub.pass(46 + 600 + 60 + 2);
      expect(rule.times).toBe(10);
      expect(rule.log[0]?.cause.deviceName).toBe("Lamp");
      expect(hub.alarms - alarms).toBeLessThanOrEqual(4);
    }));
});

describe("a rule on presence", () => {
  it("counts from the crash that took the connection, and does not fire for who is back soon", () =>
    inVirtualHub(async (hub) => {
      const [lost, back] = [await hub.addDevice(), await hub.addDevice()];
      const offline = [lost, back].map(({ id }) => {
        return new VirtualRule(hub, { type: "offline", device: { deviceId: id }, forSeconds: 60 });
      });
      const online = new VirtualRule(hub, { type: "online", device: { deviceId: back.id }, forSeconds: 60 });
      hub.pass(1000);
      const connectAll = () => [lost, back].map(({ password }) => hub.connect({ password, keepalive: 30 }));
      for (const device of connectAll()) device.drop();
      hub.pass(30);
      connectAll();
      expect(online.times).toBe(1);
      hub.pass(80);
      hub.crash();
      hub.connect({ password: back.password, keepalive: 0 });
      hub.pass(59);
      expect(offline.map(({ times }) => times)).toEqual([0, 0]);
      hub.pass(2);
      expect(offline.map(({ times }) => times)).toEqual([1, 0]);
      expect(online.times).toBe(1);
    }));

  it("hears of a crash after which nobody comes back", () =>
    inVirtualHub(async (hub) => {
      const { id, password } = await hub.addDevice();
      const rule = new VirtualRule(hub, { type: "offline", device: { deviceId: id }, forSeconds: 60 });
      hub.connect({ password, keepalive: 30 });
      hub.crash();
      hub.pass(600 + 46 + 61);
      expect(rule.times).toBe(1);
    }));

  it("does not fire for who had gone before it was made, unless that is not yet so long ago", () =>
    inVirtualHub(async (hub) => {
      const [never, long, short] = [await hub.addDevice(), await hub.addDevice(), await hub.addDevice()];
      hub.connect({ password: long.password, keepalive: 0 }).drop();
      hub.pass(500);
      hub.connect({ password: short.password, keepalive: 0 }).drop();
      hub.pass(100);
      const rules = [never, long, short].map(({ id }) => {
        return new VirtualRule(hub, { type: "offline", device: { deviceId: id }, forSeconds: 300 });
      });
      hub.pass(199);
      expect(rules.map(({ times }) => times)).toEqual([0, 0, 0]);
      hub.pass(2);
      expect(rules.map(({ times }) => times)).toEqual([0, 0, 1]);
      hub.evict();
      hub.pass(10_000);
      expect(rules.map(({ times }) => times)).toEqual([0, 0, 1]);
    }));

  it("counts check-ins as presence, and hears when they stay away", () =>
    inVirtualHub(async (hub) => {
      const { id } = await hub.addDevice();
      const rule = new VirtualRule(hub, { type: "offline", device: { deviceId: id }, forSeconds: 60 });
      const warm = new VirtualRule(hub, { type: "stream", device: { deviceId: id } });
      const report = { metrics: { t: 31 }, reported: null, reportedNamed: {}, firmwareVersion: null, addresses: null };
      const request = { deviceId: id, gen: 1, report, acknowledged: null, isMissing: false, origin: nowhere };
      hub.broker.during(() => hub.parts.checkIns.checkIn(request));
      expect(warm.times).toBe(1);
      hub.pass(100);
      hub.evict();
      expect(rule.times).toBe(0);
      hub.pass(180 + 180 + 60);
      expect(rule.times).toBe(1);
    }));

  it("forgets a deleted device", () =>
    inVirtualHub(async (hub) => {
      const { id, password } = await hub.addDevice();
      const rule = new VirtualRule(hub, { type: "offline", device: { deviceId: id }, forSeconds: 60 });
      const device = hub.connect({ password, keepalive: 0 });
      const deleted = { subject: id, version: deletedVersion, gen: null, grants: { publish: [], subscribe: [] } };
      hub.broker.applyCredentials([deleted]);
      hub.broker.during(() => hub.parts.rules.credentialsChanged([deleted]));
      expect(device.isOpen).toBe(false);
      hub.evict();
      hub.pass(1000);
      expect(rule.log).toEqual([]);
    }));

  it("costs two rows for a device that goes and comes back", () =>
    inVirtualHub(async (hub) => {
      const { id, password } = await hub.addDevice();
      let device = hub.connect({ password, keepalive: 0 });
      const visit = () => {
        const rows = hub.countRowsWritten();
        device.drop();
        device = hub.connect({ password, keepalive: 0 });
        return rows();
      };
      visit();
      const without = visit();
      const rule = new VirtualRule(hub, { type: "offline", device: { deviceId: id }, forSeconds: 60 });
      expect(visit() - without).toBe(2);
      expect(rule.log).toEqual([]);
    }));
});

describe.each(pauses)("a schedule, the hub %s", (_, pause) => {
  it("fires each time, by the alarm alone", () =>
    inVirtualHub(async (hub) => {
      hub.now = Date.parse("2026-10-24T20:00Z");
      const rule = new VirtualRule(hub, {
        type: "schedule",
        timeZone: "Europe/Berlin",
        when: { time: "02:30", days: [] },
      });
      for (let day = 0; day < 3; day++) {
        pause(hub);
        hub.pass(86_400);
      }
      expect(rule.log.map(({ at }) => new Date(at).toISOString())).toEqual([
        "2026-10-25T00:30:00.000Z",
        "2026-10-26T01:30:00.000Z",
        "2026-10-27T01:30:00.000Z",
      ]);
      expect(rule.view).toMatchObject({ nextAt: Date.parse("2026-10-28T01:30Z"), lastFiredAt: rule.log.at(-1)?.at });
      rule.change({ enabled: false });
      hub.pass(2 * 86_400);
      expect(rule.times).toBe(3);
    }));
});

describe("a schedule that came due while the hub was down", () => {
  it.each([
    [9 * 60, ["fired"]],
    [11 * 60, ["missed"]],
    [3 * 86_400, ["missed"]],
  ])("%s s ago is %s, once", (lateSeconds, outcomes) =>
    inVirtualHub(async (hub) => {
      hub.now = Date.parse("2026-11-22T06:00Z");
      const rule = new VirtualRule(hub, { type: "schedule", when: { time: "07:30", days: [] } }, [
        publishes("shared/a", "x"),
      ]);
      hub.crash();
      hub.now = Date.parse("2026-11-22T07:30Z") + lateSeconds * 1000;
      hub.pass(0);
      expect(rule.log.map(({ outcome }) => outcome)).toEqual(outcomes);
      expect(rule.view.nextAt).toBeGreaterThan(hub.now);
    }),
  );
});
