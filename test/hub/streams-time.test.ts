// Streams in a time of their own: what is written when, what a crash loses, and what a month costs.
import { describe, expect, it } from "vitest";
import type { Series } from "../../src/domain/streams/series.ts";
import { mergeSeries } from "../../src/domain/streams/series.ts";
import { recentHistory } from "../../durable-objects/user-hub/streams/answers.ts";
import { inVirtualHub, type VirtualClient, type VirtualHub } from "../support/virtual-hub.ts";

const minute = 60;
const hour = 3600;

function publish(client: VirtualClient, topic: string, payload: string, qos: 0 | 1 = 0): void {
  client.send({ cmd: "publish", topic, payload, qos, messageId: 1, retain: false, dup: false });
}

function minutesOf(hub: VirtualHub, deviceId: string, name = "t"): Series {
  const query = { name, from: 0, to: hub.now + 600_000, resolution: "minute" as const };
  const [history] = recentHistory(hub.parts.streams, [deviceId], query);
  return (history?.parts ?? []).reduce((all: Series, { series }) => mergeSeries(all, series), []);
}

const countOf = (series: Series) => series.reduce((sum, { count }) => sum + count, 0);

/** A hub whose clock stands at the beginning of an hour, far from those of the night in which days are archived. */
function atNoon(hub: VirtualHub): void {
  hub.now = Math.ceil(hub.now / 86_400_000) * 86_400_000 + 12 * 3_600_000;
}

async function deviceOf(hub: VirtualHub) {
  atNoon(hub);
  const own = await hub.addDevice();
  const topic = `devices/${own.id}/streams/t`;
  return {
    id: own.id,
    topic,
    connect: () => hub.connect({ password: own.password, keepalive: 0, protocolVersion: 4 }),
  };
}

describe.each([false, true])("what a device sends all the time, evicted %s", (evicted) => {
  it("is written by the first message after STREAM_FLUSH_SECONDS: one row each time, two in a new hour", () =>
    inVirtualHub(async (hub) => {
      const { id, topic, connect } = await deviceOf(hub);
      const device = connect();
      const rowsWritten = hub.countRowsWritten();
      const alarms = hub.alarms;
      for (let i = 0; i < 360; i++) {
        publish(device, topic, String(i % 2 === 0 ? 10 : 20));
        if (evicted) hub.evict();
        hub.pass(30);
      }
      // In three hours a flush every five and a half minutes, two hours that ended, once in a hub's life a generation,
      // and once a day when to archive.
      expect(rowsWritten()).toBe(Math.floor((3 * 60 + 0.5) / 5.5) + 2 + 1 + 1);
      expect(hub.alarms - alarms).toBeLessThanOrEqual(4);
      const minutes = minutesOf(hub, id);
      expect(minutes).toHaveLength(180);
      for (const slot of minutes) expect(slot).toMatchObject({ count: 2, sum: 30, min: 10, max: 20 });
    }));

  it("and is then silent: one alarm writes it within an hour", () =>
    inVirtualHub(async (hub) => {
      const { id, topic, connect } = await deviceOf(hub);
      const device = connect();
      publish(device, topic, "10");
      if (evicted) hub.evict();
      const rowsWritten = hub.countRowsWritten();
      hub.pass(hour - 1);
      expect(rowsWritten()).toBe(0);
      hub.pass(2);
      // And when to archive it.
      expect(rowsWritten()).toBe(2);
      hub.pass(10 * hour);
      expect(rowsWritten()).toBe(2);
      expect(countOf(minutesOf(hub, id))).toBe(1);
    }));
});

describe("a crash", () => {
  it("loses what was counted since the last flush, and nothing else", () =>
    inVirtualHub(async (hub) => {
      const { id, topic, connect } = await deviceOf(hub);
      let device = connect();
      publish(device, topic, "1");
      hub.pass(5 * minute);
      publish(device, topic, "2");
      publish(device, topic, "3");
      hub.crash();
      expect(countOf(minutesOf(hub, id))).toBe(2);
      device = connect();
      publish(device, topic, "4");
      device.drop();
      hub.crash();
      expect(countOf(minutesOf(hub, id))).toBe(3);
    }));

  it("loses nothing with STREAM_FLUSH_SECONDS=0: what was acknowledged is stored", () =>
    inVirtualHub(
      async (hub) => {
        const { id, topic, connect } = await deviceOf(hub);
        const device = connect();
        const alarms = hub.alarms;
        for (let i = 1; i <= 5; i++) {
          publish(device, topic, String(i), 1);
          expect(device.take().at(-1)).toMatchObject({ cmd: "puback" });
          if (i === 3) hub.evict();
        }
        hub.crash();
        expect(minutesOf(hub, id)).toMatchObject([{ count: 5, sum: 15, min: 1, max: 5 }]);
        expect(hub.parts.streams.latest(id).get("t")).toMatchObject({ value: 5 });
        // Alone for archiving, the next day.
        expect(hub.alarms).toBe(alarms + 1);
      },
      { streamFlushSeconds: 0 },
    ));
});

describe("bounds", () => {
  it("a device has so many streams and no more; the others are passed on", () =>
    inVirtualHub(
      async (hub) => {
        const { id, connect } = await deviceOf(hub);
        const device = connect();
        const app = hub.connect({ password: await hub.appPassword(), protocolVersion: 4 });
        app.subscribe(`devices/${id}/streams/+`);
        app.take();
        for (let i = 0; i < 8; i++) publish(device, `devices/${id}/streams/s${i}`, String(i));
        expect(app.takeTexts()).toHaveLength(8);
        device.drop();
        expect([...hub.parts.streams.latest(id).keys()]).toEqual(["s0", "s1", "s2", "s3", "s4"]);
        expect(minutesOf(hub, id, "s7")).toEqual([]);
      },
      { maxStreams: 5 },
    ));

  it("what does not fit into an attachment is written early, and nothing is lost", () =>
    inVirtualHub(async (hub) => {
      const { id, connect } = await deviceOf(hub);
      const device = connect();
      const names = Array.from({ length: 90 }, (_, i) => `a-stream-with-a-long-name-${i}`);
      for (let round = 0; round < 3; round++) {
        for (const name of names) publish(device, `devices/${id}/streams/${name}`, String(round));
        for (const name of names) publish(device, `devices/${id}/streams/${name}-text`, "x".repeat(250));
        hub.pass(20);
      }
      device.drop();
      for (const name of names) expect(minutesOf(hub, id, name)).toMatchObject([{ count: 3, sum: 3, min: 0, max: 2 }]);
    }));

  it("a back-filled day is stored whole", () =>
    inVirtualHub(async (hub) => {
      const { id, topic, connect } = await deviceOf(hub);
      const device = connect();
      const start = hub.now - 24 * hour * 1000;
      const day = Array.from({ length: 1440 }, (_, i) => ({ value: i, at: start + i * 60_000 }));
      const rowsWritten = hub.countRowsWritten();
      publish(device, topic, JSON.stringify(day));
      device.drop();
      const minutes = minutesOf(hub, id);
      expect(minutes).toHaveLength(1440);
      expect(minutes.map(({ sum }) => sum)).toEqual(day.map(({ value }) => value));
      expect(hub.parts.streams.latest(id).get("t")).toEqual({ value: 1439, at: start + 1439 * 60_000 });
      expect(rowsWritten()).toBeLessThan(80);
    }));
});
