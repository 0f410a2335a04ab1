// Days that are over go to R2, and a history is told from there: whatever fails on the way, and however long ago.
import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { changeStream } from "../../durable-objects/user-hub/streams/answers.ts";
import { type Archive, archiveFinishedDays } from "../../durable-objects/user-hub/streams/archiver.ts";
import { type Counted, counted as placeOf } from "../../src/domain/prices/hub-usage.ts";
import type { Resolution } from "../../src/domain/streams/resolution.ts";
import { dayMs } from "../../src/domain/streams/series.ts";
import { StreamArchive } from "../../src/store/stream-archive.ts";
import { TestHub } from "../support/hub.ts";
import { historyOf as readHistory } from "../support/streams.ts";
import { inVirtualHub, type VirtualClient, type VirtualHub } from "../support/virtual-hub.ts";

const retention = { raw: 30, minute: 90, hour: 1100, day: 3660 };
const archive = new StreamArchive(env.ARTIFACTS);

function publish(client: VirtualClient, topic: string, payload: string): void {
  client.send({ cmd: "publish", topic, payload, qos: 0, retain: false, dup: false });
}

const archiveNow = (hub: VirtualHub, to: Archive = archive) =>
  archiveFinishedDays({ hubId: hub.id, store: hub.parts.streams.store, archive: to, retention }, hub.now);

const historyOf = (hub: VirtualHub, deviceId: string, resolution: Resolution, from: number, to: number) =>
  readHistory(hub, { deviceId, name: "t", resolution, from, to });

async function deviceOf(hub: VirtualHub) {
  hub.now = Math.ceil(hub.now / dayMs) * dayMs;
  const own = await hub.addDevice();
  const connect = () => hub.connect({ password: own.password, keepalive: 0, protocolVersion: 4 });
  return { id: own.id, topic: `devices/${own.id}/streams/t`, connect, start: hub.now };
}

describe("archiving", () => {
  it("moves the days that are over, and only these, and tells the same history before and after", () =>
    inVirtualHub(async (hub) => {
      const { id, topic, connect, start } = await deviceOf(hub);
      const device = connect();
      for (let i = 0; i < 5 * 48; i++) {
        publish(device, topic, String(i));
        hub.pass(1800);
      }
      const tell = () =>
        Promise.all((["minute", "hour", "day"] as const).map((each) => historyOf(hub, id, each, start, hub.now)));
      const before = await tell();
      expect(before.map(({ count, objects }) => [count, objects])).toEqual([
        [240, 0],
        [240, 0],
        [240, 0],
      ]);
      expect(await archiveNow(hub)).toBe(5);
      const after = await tell();
      expect(after.map(({ all }) => all)).toEqual(before.map(({ all }) => all));
      expect(after[0]?.objects).toBe(5);
      expect(hub.parts.streams.store.hours.range(id, 0, 1e9)).toEqual([]);
      // Not today's.
      publish(device, topic, "1000");
      device.drop();
      expect(await archiveNow(hub)).toBe(0);
      expect((await historyOf(hub, id, "day", start, hub.now + dayMs)).all).toHaveLength(6);
    }));

  it("adds what comes late to a day that is archived already", () =>
    inVirtualHub(async (hub) => {
      const { id, topic, connect, start } = await deviceOf(hub);
      const device = connect();
      publish(device, topic, "10");
      hub.pass(2 * 86_400);
      await archiveNow(hub);
      publish(device, topic, JSON.stringify({ value: 20, at: start + 1000 }));
      device.drop();
      const expected = [{ count: 2, sum: 30, min: 10, max: 20 }];
      for (const resolution of ["minute", "hour", "day"] as const) {
        expect((await historyOf(hub, id, resolution, start, hub.now)).all).toMatchObject(expected);
      }
      await archiveNow(hub);
      for (const resolution of ["minute", "hour", "day"] as const) {
        expect((await historyOf(hub, id, resolution, start, hub.now)).all).toMatchObject(expected);
      }
    }));

  it("loses and doubles nothing when R2 fails anywhere in between, or a datapoint comes meanwhile", () =>
    inVirtualHub(async (hub) => {
      const { id, topic, connect, start } = await deviceOf(hub);
      let expected = 0;
      for (let failing = 0; failing < 12; failing++) {
        const device = connect();
        for (let i = 0; i < 4; i++) {
          publish(device, topic, "1");
          hub.pass(6 * 3600);
          expected++;
        }
        device.drop();
        let calls = 0;
        const act = async <T>(call: () => Promise<T>): Promise<T> => {
          if (calls++ === failing) throw new Error("R2 is down");
          const done = await call();
          // As if the answer were lost.
          if (calls++ === failing) throw new Error("R2 is down");
          return done;
        };
        const flaky: Archive = {
          read: (place, period) => act(() => archive.read(place, period)),
          write: async (place, period, packed) => {
            const late = connect();
            publish(late, topic, JSON.stringify({ value: 1, at: hub.now - dayMs }));
            late.drop();
            expected++;
            await act(() => archive.write(place, period, packed));
          },
          remove: (place, from, to) => act(() => archive.remove(place, from, to)),
        };
        await archiveNow(hub, flaky).catch((error: Error) => expect(error.message).toBe("R2 is down"));
        if (failing % 3 === 0) hub.crash();
        for (const resolution of ["minute", "hour", "day"] as const) {
          expect((await historyOf(hub, id, resolution, start, hub.now)).count, `${failing} ${resolution}`).toBe(
            expected,
          );
        }
      }
      await archiveNow(hub);
      for (const resolution of ["minute", "hour", "day"] as const) {
        expect((await historyOf(hub, id, resolution, start, hub.now)).count).toBe(expected);
      }
    }));

  it("is tried again an hour after it failed, and the next day after it did not", () =>
    inVirtualHub(async (hub) => {
      const { topic, connect } = await deviceOf(hub);
      const device = connect();
      publish(device, topic, "1");
      device.drop();
      const { streams } = hub.parts;
      hub.pass(86_400 - 1);
      expect(streams.archiving.isDue(hub.now)).toBe(true);
      hub.broker.during(() => streams.archiving.tried(false));
      expect(streams.archiving.isDue(hub.now + 3_599_000)).toBe(false);
      expect(streams.archiving.isDue(hub.now + 3_600_000)).toBe(true);
      hub.evict();
      expect(hub.parts.streams.archiving.isDue(hub.now + 3_600_000)).toBe(true);
      hub.broker.during(() => hub.parts.streams.archiving.tried(true));
      expect(hub.parts.streams.archiving.isDue(hub.now + 3_600_000)).toBe(false);
      expect(hub.parts.streams.archiving.isDue(hub.now + dayMs)).toBe(true);
      hub.pass(1);
      await archiveNow(hub);
      hub.broker.during(() => hub.parts.streams.archiving.tried(true));
      // Nothing is left.
      expect(hub.parts.streams.archiving.isDue(hub.now + 30 * dayMs)).toBe(false);
    }));

  it("removes what is older than the retention", () =>
    inVirtualHub(async (hub) => {
      const { id, topic, connect, start } = await deviceOf(hub);
      for (let day = 0; day < 6; day++) {
        const device = connect();
        publish(device, topic, "1");
        device.drop();
        hub.pass(86_400);
        const { store } = hub.parts.streams;
        await archiveFinishedDays({ hubId: hub.id, store, archive, retention: { ...retention, minute: 2 } }, hub.now);
      }
      expect((await historyOf(hub, id, "minute", start, hub.now)).objects).toBe(3);
      expect((await historyOf(hub, id, "day", start, hub.now)).count).toBe(6);
    }));
});

it("single datapoints are kept on request: through attachments, eviction, rows and the archive, each once", () =>
  inVirtualHub(async (hub) => {
    const { id, topic, connect, start } = await deviceOf(hub);
    let device = connect();
    publish(device, topic, "0");
    expect(changeStream(hub.parts.streams, id, "t", { raw: true }).ok).toBe(true);
    const sent: number[] = [];
    const send = () => {
      publish(device, topic, String(sent.length));
      sent.push(hub.now);
    };
    const raw = async () =>
      (await readHistory(hub, { deviceId: id, name: "t", resolution: "raw", from: start, to: hub.now + dayMs })).all;
    for (let i = 0; i < 1000; i++) {
      send();
      hub.pass(7);
      if (i % 100 === 50) hub.evict();
      if (i === 400) {
        device.drop();
        device = connect();
      }
    }
    const expected = () => sent.map((time, i) => ({ index: time, count: 1, sum: i, min: i, max: i }));
    expect(await raw()).toEqual(expected());
    expect((await historyOf(hub, id, "minute", start, hub.now + dayMs)).count).toBe(1001);
    hub.pass(86_400);
    await archiveNow(hub).catch(() => {});
    send();
    expect(await raw()).toEqual(expected());
    // Cut off after the archive was written, and done again.
    hub.pass(86_400);
    const failing: Archive = {
      read: (place, period) => archive.read(place, period),
      write: (place, period, packed) => archive.write(place, period, packed),
      remove: () => Promise.reject(new Error("R2 is down")),
    };
    await archiveNow(hub, failing).catch(() => {});
    expect(await raw()).toEqual(expected());
    hub.crash();
    await archiveNow(hub);
    expect(await raw()).toEqual(expected());
    expect(hub.parts.streams.store.raw.isEmpty()).toBe(true);
    const { objects } = await env.ARTIFACTS.list({ prefix: `streams/raw/${hub.id}/${id}/` });
    expect(objects).toHaveLength(2);
  }));

it("a day of five streams, each sent every ten seconds, costs what docs/streams.md says", () =>
  inVirtualHub(async (hub) => {
    const { id, connect } = await deviceOf(hub);
    const device = connect();
    const names = ["t", "h", "p", "light", "battery"];
    let calls = 0;
    const counted: Archive = {
      read: (place, period) => (calls++, archive.read(place, period)),
      write: (place, period, packed) => (calls++, archive.write(place, period, packed)),
      remove: (place, from, to) => archive.remove(place, from, to),
    };
    // The first day has what a hub does once, and nothing to archive.
    for (let day = 0; day < 2; day++) {
      const rowsWritten = hub.countRowsWritten();
      const rowsRead = hub.countRowsRead();
      const alarms = hub.alarms;
      calls = 0;
      for (let i = 0; i < 8640; i++) {
        for (const name of names) publish(device, `devices/${id}/streams/${name}`, String(20 + (i % 50) / 10));
        hub.pass(10);
        if (i === 1080) await archiveNow(hub, counted);
      }
      if (day === 0) continue;
      // A flush every 300 s, an hour's end every hour, 24 archived rows that go, and a few more.
      expect(rowsWritten()).toBeGreaterThan(288 + 24 + 24);
      expect(rowsWritten()).toBeLessThanOrEqual(288 + 24 + 24 + 4);
      expect(hub.alarms - alarms).toBeLessThanOrEqual(30);
      expect(rowsRead()).toBeLessThan(1000);
      // Three objects, each read and written.
      expect(calls).toBe(6);
    }
    const { objects } = await env.ARTIFACTS.list({ prefix: `streams/minutes/${hub.id}/${id}/` });
    const bytes = objects.reduce((sum, { size }) => sum + size, 0);
    expect(bytes).toBeLessThan(120_000);
  }));

it("the alarm of the object archives, and plans the next time", async () => {
  const hub = new TestHub();
  const own = await hub.addDevice();
  const device = await hub.device(own);
  const at = Date.now() - 2 * dayMs;
  device.publish(`devices/${own.id}/streams/t`, JSON.stringify({ value: 5, at }));
  device.send({ cmd: "disconnect" });
  await device.expectClosed();
  const alarmAt = () => runInDurableObject(hub.stub, (_, { storage }) => storage.getAlarm());
  expect(await alarmAt()).toBeLessThanOrEqual(Date.now() + dayMs);
  // As if its time had come.
  await runInDurableObject(hub.stub, (_, { storage }) => {
    storage.sql.exec("UPDATE meta SET value = ? WHERE key = 'streamsArchiveAt'", Date.now() - 1);
  });
  await hub.evict();
  await runDurableObjectAlarm(hub.stub);
  const day = Math.floor(at / dayMs);
  const place = { hubId: hub.id, deviceId: own.id, resolution: "day" } as const;
  const packed = await archive.read(place, new Date(at).toISOString().slice(0, 4));
  expect(packed?.streams.get("t")).toEqual([{ index: day, count: 1, sum: 5, min: 5, max: 5 }]);
  const planned = await runInDurableObject(hub.stub, (_, { storage: { sql } }) =>
    sql.exec("SELECT value FROM meta WHERE key = 'streamsArchiveAt'").toArray(),
  );
  const metered = await hub.stub.usage(0, Math.floor(Date.now() / dayMs));
  const ofHub = metered.ok ? metered.value.map(({ counts }) => counts.get("hub") ?? []) : [];
  const sum = (what: Counted) => ofHub.reduce((total, counts) => total + (counts[placeOf[what]] ?? 0), 0);
  // An object for minutes, one for hours, one for days, each looked up before it is written. The alarm is no call.
  expect([sum("r2Reads"), sum("r2Writes"), sum("alarms")]).toEqual([3, 3, 1]);
  // Nothing is left: an idle hub is not woken every day.
  expect(planned).toEqual([{ value: 0 }]);
  await hub.stub.applyCredentials([
    { subject: own.id, version: Number.MAX_SAFE_INTEGER, gen: null, grants: { publish: [], subscribe: [] } },
  ]);
  const { objects } = await env.ARTIFACTS.list({ prefix: `streams/days/${hub.id}/` });
  expect(objects).toEqual([]);
});
