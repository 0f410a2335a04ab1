// What a hub says it was used for, against what the test did and what the cursors say.
import { describe, expect, it } from "vitest";
import { addUsage, type Usage } from "../../src/domain/prices/hub-usage.ts";
import { inVirtualHub, type VirtualHub } from "../support/virtual-hub.ts";

const dayMs = 86_400_000;
const hour = 3600;
const publish = { cmd: "publish", topic: "shared/t", payload: "x", qos: 0, retain: false, dup: false } as const;

const today = (hub: VirtualHub) => Math.floor(hub.now / dayMs);

/** Everything metered, by key, over all days. */
function usage(hub: VirtualHub): Record<string, Usage> {
  const sum: Record<string, Usage> = {};
  for (const { counts } of hub.broker.usage(0, today(hub))) {
    for (const [key, counted] of counts) {
      const present = (sum[key] ??= [0, 0, 0, 0, 0]);
      addUsage(present, counted);
    }
  }
  return sum;
}

const steps: [string, (hub: VirtualHub) => void][] = [
  ["awake", () => {}],
  ["evicted between any two steps", (hub) => hub.evict()],
];

/** Begins at noon, so that no day ends in between, with the first fold behind it. */
async function atNoon(hub: VirtualHub): Promise<{ id: string; password: string }> {
  hub.now = (today(hub) + 1) * dayMs + dayMs / 2;
  return hub.addDevice();
}

describe.each(steps)("a hub, %s,", (_, step) => {
  it("counts a device's messages and its upgrade, and the apps' together", () =>
    inVirtualHub(async (hub) => {
      const own = await atNoon(hub);
      step(hub);
      const device = hub.connect({ password: own.password, clientId: "d" });
      step(hub);
      const apps = [
        hub.connect({ password: await hub.appPassword() }),
        hub.connect({ password: await hub.appPassword() }),
      ];
      step(hub);
      for (let i = 0; i < 30; i++) {
        hub.pass(2);
        device.send(publish);
        step(hub);
      }
      for (const app of apps) app.send({ cmd: "pingreq" });
      step(hub);
      const counted = usage(hub);
      expect(counted[own.id]?.slice(0, 3)).toEqual([31, 1, 0]);
      expect(counted.apps?.slice(0, 3)).toEqual([4, 2, 0]);
    }));

  it("keeps a device's counts when its connections end, beside those of its next ones", () =>
    inVirtualHub(async (hub) => {
      const own = await atNoon(hub);
      for (let visit = 1; visit <= 5; visit++) {
        const device = hub.connect({ password: own.password, clientId: "d" });
        step(hub);
        device.send(publish);
        step(hub);
        device.drop();
        step(hub);
        hub.pass(60);
        expect(usage(hub)[own.id]?.slice(0, 3)).toEqual([2 * visit, visit, 0]);
      }
    }));

  it("has counted the same after an hour, a day and a month: folding loses and doubles nothing", () =>
    inVirtualHub(async (hub) => {
      const own = await atNoon(hub);
      const other = await hub.addDevice();
      const device = hub.connect({ password: own.password, clientId: "d" });
      const leaving = hub.connect({ password: other.password, clientId: "o" });
      leaving.drop();
      step(hub);
      let sent = 1;
      for (const pause of [30, hour, 30, hour, 24 * hour, 30, 26 * hour]) {
        for (let passed = 0; passed < pause; passed += 60) {
          hub.pass(Math.min(60, pause));
          device.send({ cmd: "pingreq" });
          sent++;
        }
        step(hub);
        expect(usage(hub)[own.id]?.slice(0, 2)).toEqual([sent, 1]);
        expect(usage(hub)[other.id]?.slice(0, 2)).toEqual([1, 1]);
      }
    }));

  it("gives each day what happened on it", () =>
    inVirtualHub(async (hub) => {
      const own = await atNoon(hub);
      const first = today(hub);
      const device = hub.connect({ password: own.password, clientId: "d", keepalive: 0 });
      const perDay = [1];
      for (let minute = 0; minute < 3 * 24 * 60; minute++) {
        hub.pass(60);
        device.send({ cmd: "pingreq" });
        perDay[today(hub) - first] = (perDay[today(hub) - first] ?? 0) + 1;
        if (minute % 50 === 0) step(hub);
      }
      const days = hub.broker.usage(first, today(hub));
      const counted = days.map(({ counts }) => counts.get(own.id)?.[0]);
      expect(days.map(({ day }) => day - first)).toEqual(perDay.map((_count, i) => i));
      // The event that begins a day folds the day before, and is counted with it.
      for (const [i, count] of counted.entries()) expect(Math.abs((count ?? 0) - (perDay[i] ?? 0))).toBeLessThan(2);
      expect(counted.reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(perDay.reduce((a, b) => a + b, 0));
    }));

  it("counts calls of the API, alarms, and the rows of a device that sends retained messages", () =>
    inVirtualHub(async (hub) => {
      const own = await atNoon(hub);
      const device = hub.connect({ password: own.password, clientId: "d" });
      step(hub);
      const before = usage(hub)[own.id]?.[4] ?? 0;
      for (let i = 0; i < 10; i++) {
        device.send({ ...publish, payload: String(i), retain: true });
        step(hub);
      }
      expect((usage(hub)[own.id]?.[4] ?? 0) - before).toBe(10);
      const message = { topic: "shared/a", payload: new Uint8Array(1), properties: new Uint8Array(0) };
      hub.broker.publish({ ...message, topicBytes: null, qos: 0, retain: false, expiresAt: null });
      step(hub);
      expect(usage(hub).apps).toEqual([0, 1, 0, 0, 0]);
      const calls = usage(hub).hub?.[1] ?? 0;
      hub.broker.presence(own.id);
      step(hub);
      // And the asking itself.
      expect((usage(hub).hub?.[1] ?? 0) - calls).toBe(2);
    }));
});

describe("the meter", () => {
  it("writes no row for messages: one an hour, and none beside the one of a connection's end", () =>
    inVirtualHub(async (hub) => {
      const own = await atNoon(hub);
      const device = hub.connect({ password: own.password, clientId: "d" });
      const rows = hub.countRowsWritten({ withMeter: true });
      for (let i = 0; i < 500; i++) {
        hub.pass(1);
        device.send(publish);
      }
      expect(rows()).toBe(0);
      device.drop();
      expect(rows()).toBe(1);
      const silent = hub.connect({ password: own.password, clientId: "d" });
      for (let minute = 0; minute < 10 * 60; minute++) {
        hub.pass(60);
        silent.send({ cmd: "pingreq" });
      }
      expect(rows()).toBe(1 + 10);
      expect(hub.alarms).toBe(0);
    }));

  it("loses in a crash what the connections had counted since the last fold, an hour's at most", () =>
    inVirtualHub(async (hub) => {
      const own = await atNoon(hub);
      const device = hub.connect({ password: own.password, clientId: "d" });
      for (let minute = 0; minute < 90; minute++) {
        hub.pass(60);
        device.send({ cmd: "pingreq" });
      }
      const before = usage(hub)[own.id]?.[0] ?? 0;
      hub.crash();
      const after = usage(hub)[own.id]?.[0] ?? 0;
      expect(before).toBe(91);
      expect(after).toBeLessThan(before);
      expect(after).toBeGreaterThanOrEqual(before - 60);
    }));

  it("keeps what a device without a connection cost with the row of its report, a sleep after each, and counts that row once", () =>
    inVirtualHub(async (hub) => {
      const { id } = await atNoon(hub);
      const rows = hub.countRowsWritten({ withMeter: true });
      const report = { metrics: { cpu: 1 }, reported: null, reportedNamed: {}, firmwareVersion: null, addresses: null };
      const place = { country: null, city: null, asn: null, network: null, edge: null, address: null, client: null };
      const request = { deviceId: id, gen: 1, report, acknowledged: null, isMissing: false, origin: place };
      // Five polls were answered at the edge since the report before.
      const call = { requestId: null, key: id, isRequest: true, operations: { [id]: [0, 0, 0, 0, 0, 5] as Usage } };
      for (let minute = 1; minute <= 90; minute++) {
        hub.pass(60);
        hub.broker.answering(call, () => hub.broker.during(() => hub.parts.checkIns.checkIn(request)));
        hub.evict();
        const [messages, requests, alarms, , , edge] = usage(hub)[id] as Usage;
        expect([messages, requests, alarms, edge]).toEqual([0, minute, 0, 5 * minute]);
        hub.evict();
      }
      // All but the rows of the meter itself, and of presence now and then, which no row of a report takes along.
      const metered = usage(hub)[id]?.[4] ?? 0;
      expect(metered).toBeGreaterThanOrEqual(90);
      expect(metered).toBeLessThanOrEqual(rows());
      expect(rows()).toBeLessThan(90 * 1.5);
    }));

  it("knows how much is stored", () =>
    inVirtualHub(async (hub) => {
      await atNoon(hub);
      expect(hub.broker.usage(0, today(hub)).at(-1)?.storedBytes).toBeGreaterThan(4096);
    }));
});
