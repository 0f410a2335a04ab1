// Reports of devices that poll, as they came: with the rows that are written anyway, then to R2, whatever fails on the way.
import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { archiveReports, type ReportArchive } from "../../durable-objects/user-hub/checkins/report-archiver.ts";
import { type RawCheckIn, softwareOf } from "../../src/domain/check-in-log.ts";
import type { Report } from "../../src/domain/check-ins.ts";
import { dayMs } from "../../src/domain/streams/series.ts";
import { CheckInArchive } from "../../src/store/check-in-archive.ts";
import { call, createUser } from "../support/api.ts";
import { addDevice, hubOf } from "../support/connections.ts";
import { inVirtualHub, type VirtualHub } from "../support/virtual-hub.ts";

const origin = {
  country: "IS",
  city: "Húsavík",
  asn: 64_500,
  network: "Example",
  edge: "KEF",
  address: "192.0.2.7",
  client: "curl/8.5.0",
};
const nothing: Report = { metrics: {}, reported: null, reportedNamed: {}, firmwareVersion: "1", addresses: null };
const archive = new CheckInArchive(env.ARTIFACTS);

function report(hub: VirtualHub, deviceId: string, given: Partial<Report>): void {
  const request = { deviceId, gen: 1, report: { ...nothing, ...given }, acknowledged: null, isMissing: false, origin };
  hub.broker.during(() => hub.parts.checkIns.checkIn(request));
}

const storeOf = (hub: VirtualHub) => hub.parts.streams.store.reports;
const archiveNow = (hub: VirtualHub, to: ReportArchive = archive, days = 30) =>
  archiveReports({ hubId: hub.id, store: storeOf(hub), archive: to, days }, hub.now);

/** What is told of all days, from R2 and from the hub. */
async function told(hub: VirtualHub, deviceId: string, start: number): Promise<RawCheckIn[]> {
  const { reports } = storeOf(hub).recent({ deviceId, from: start, to: hub.now + dayMs, limit: 1e6 });
  const found = new Map(reports.map((each) => [each.at, each]));
  for (let day = Math.floor(start / dayMs); day * dayMs <= hub.now; day++) {
    for (const each of await archive.read({ hubId: hub.id, deviceId }, day, start, hub.now + dayMs)) {
      expect(found.get(each.at) ?? each).toEqual(each);
      found.set(each.at, each);
    }
  }
  return [...found.values()].toSorted((a, b) => a.at - b.at);
}

function atMidnight(hub: VirtualHub): number {
  hub.now = Math.ceil(hub.now / dayMs) * dayMs;
  return hub.now;
}

describe.each(["awake", "evicted", "crashed"])("reports, hub %s between any two,", (how) => {
  const rest = (hub: VirtualHub) => {
    if (how === "evicted") hub.evict();
    if (how === "crashed") hub.crash();
  };

  it("are all kept, in their order, and archived when their day is over", () =>
    inVirtualHub(async (hub) => {
      const start = atMidnight(hub);
      const { id } = await hub.addDevice();
      for (let i = 0; i < 300; i++) {
        report(hub, id, { metrics: { i, text: `${i * 7919}`.repeat(8) } });
        // Several within a millisecond, too.
        if (i % 3 === 0) hub.now += 1_000_000;
        if (i % 10 === 0) rest(hub);
      }
      const before = await told(hub, id, start);
      expect(before.map(({ metrics }) => metrics["i"])).toEqual(Array.from({ length: 300 }, (_, i) => i));
      expect(before[7]).toEqual({
        at: expect.any(Number),
        metrics: { i: 7, text: `${7 * 7919}`.repeat(8) },
        reported: null,
        shadows: {},
        firmwareVersion: "1",
        addresses: null,
        ...origin,
      });
      await archiveNow(hub);
      rest(hub);
      expect(await told(hub, id, start)).toEqual(before);
      const today = Math.floor(hub.now / dayMs) * dayMs;
      expect(storeOf(hub).recent({ deviceId: id, from: 0, to: hub.now + 1e6, limit: 1e6 }).reports).toEqual(
        before.filter(({ at }) => at >= today),
      );
    }));
});

it("reports take hardly a row more than their metrics do", async () => {
  const rows: number[] = [];
  for (const keepsReports of [true, false]) {
    await inVirtualHub(
      async (hub) => {
        atMidnight(hub);
        const { id } = await hub.addDevice();
        report(hub, id, { metrics: { cpu: 0 } });
        const count = hub.countRowsWritten();
        for (let i = 0; i < 720; i++) {
          hub.pass(119);
          if (i % 50 === 0) hub.evict();
          report(hub, id, { metrics: { cpu: i / 10, free: i * 1000, uptime: i * 119 } });
        }
        rows.push(count());
      },
      { keepsReports },
    );
  }
  const [kept = 0, notKept = 0] = rows;
  expect(notKept).toBeGreaterThan(720);
  // 720 reports of a day.
  expect(kept - notKept).toBeLessThanOrEqual(3);
});

it("a report that only repeats itself is not kept; one that says something without metrics takes a row", () =>
  inVirtualHub(async (hub) => {
    const start = atMidnight(hub);
    const { id } = await hub.addDevice();
    report(hub, id, { reported: '{"a":1}', reportedNamed: { wifi: '{"ssid":"x"}' } });
    const rows = hub.countRowsWritten();
    for (let i = 0; i < 5; i++) {
      hub.pass(60);
      report(hub, id, {});
    }
    expect(rows()).toBe(0);
    report(hub, id, { firmwareVersion: "2" });
    const reports = await told(hub, id, start);
    expect(reports.map(({ firmwareVersion }) => firmwareVersion)).toEqual(["1", "2"]);
    expect(reports[0]).toMatchObject({ reported: { a: 1 }, shadows: { wifi: { ssid: "x" } } });
    hub.pass(2 * 86_400);
    await archiveNow(hub);
    expect(await told(hub, id, start)).toEqual(reports);
    expect(storeOf(hub).isEmpty()).toBe(true);
  }));

it("loses and doubles nothing when R2 fails anywhere in between, or a report comes meanwhile", () =>
  inVirtualHub(async (hub) => {
    const start = atMidnight(hub);
    const { id } = await hub.addDevice();
    let expected = 0;
    const say = () => report(hub, id, { metrics: { i: expected++ } });
    for (let failing = 0; failing < 6; failing++) {
      for (let i = 0; i < 4; i++) {
        say();
        hub.now += 6 * 3_600_000;
      }
      let calls = 0;
      const act = async <T>(work: () => Promise<T>): Promise<T> => {
        if (calls++ === failing) throw new Error("R2 is down");
        const done = await work();
        // As if the answer were lost.
        if (calls++ === failing) throw new Error("R2 is down");
        return done;
      };
      const flaky: ReportArchive = {
        add: async (...given) => {
          say();
          await act(() => archive.add(...given));
        },
        remove: (...given) => act(() => archive.remove(...given)),
      };
      await archiveNow(hub, flaky).catch((error: Error) => expect(error.message).toBe("R2 is down"));
      if (failing % 2 === 0) hub.crash();
      expect((await told(hub, id, start)).map(({ metrics }) => metrics["i"])).toEqual(
        Array.from({ length: expected }, (_, i) => i),
      );
    }
  }));

it("are removed after their time, and not archived where none are kept", () =>
  inVirtualHub(async (hub) => {
    const start = atMidnight(hub);
    const { id } = await hub.addDevice();
    report(hub, id, { metrics: { i: 0 } });
    hub.pass(dayMs / 1000);
    await archiveNow(hub);
    expect(await told(hub, id, start)).toHaveLength(1);
    hub.pass((31 * dayMs) / 1000);
    report(hub, id, { metrics: { i: 1 } });
    hub.pass(dayMs / 1000);
    await archiveNow(hub);
    expect((await told(hub, id, start)).map(({ metrics }) => metrics["i"])).toEqual([1]);
    report(hub, id, { metrics: { i: 2 } });
    hub.pass(dayMs / 1000);
    await archiveNow(hub, archive, 0);
    expect(storeOf(hub).isEmpty()).toBe(true);
    expect((await told(hub, id, start)).filter(({ metrics }) => metrics["i"] === 2)).toEqual([]);
  }));

describe("GET /v1/devices/{id}/check-ins", () => {
  it("tells pages of what is archived and what is not, until the device is deleted", async () => {
    const user = await createUser();
    const { id, credential } = await addDevice(user);
    const headers = { "user-agent": "Wget/1.21 (linux-gnu)" };
    for (let i = 0; i < 5; i++) {
      await call("POST", "/v1/checkin", { token: credential, headers, body: { i, "reported/wifi": { i } } });
    }
    const yesterday = Math.floor(Date.now() / dayMs) - 1;
    const stub = hubOf(user);
    await runInDurableObject(stub, (_, state) => {
      // As if all of it had been yesterday.
      const [row] = state.storage.sql.exec<{ reports: ArrayBuffer }>("SELECT reports FROM stream_devices").toArray();
      const text = new TextDecoder("latin1").decode(row?.reports);
      const early = text.replace(/"at":(\d+)/g, (_match, at) => `"at":${Number(at) - dayMs}`);
      const bytes = Uint8Array.from(early, (sign) => sign.charCodeAt(0));
      new DataView(bytes.buffer).setUint32(0, yesterday);
      new DataView(bytes.buffer).setFloat64(4, Date.now() - dayMs);
      state.storage.sql.exec("UPDATE stream_devices SET reports = ?", bytes);
      state.storage.sql.exec("UPDATE meta SET value = 1 WHERE key = 'streamsArchiveAt'");
    });
    await evictDurableObject(stub);
    const path = `/v1/devices/${id}/check-ins`;
    const all = `from=${(yesterday - 40) * dayMs}`;
    const collect = async (limit: number) => {
      const items: RawCheckIn[] = [];
      for (let cursor = ""; ;) {
        const { status, body } = await user.get(`${path}?${all}&limit=${limit}${cursor && `&cursor=${cursor}`}`);
        expect(status).toBe(200);
        items.push(...body.items);
        if (body.nextCursor === null) return items;
        cursor = body.nextCursor;
      }
    };
    const isArchived = async () =>
      (await env.ARTIFACTS.list({ prefix: `check-ins/${user.hubId}/${id}/` })).objects.length;
    const before = await collect(2);
    expect(before.map(({ metrics }) => metrics["i"])).toEqual([0, 1, 2, 3, 4]);
    expect(await isArchived()).toBe(0);
    await runDurableObjectAlarm(stub);
    expect(await isArchived()).toBe(1);
    await call("POST", "/v1/checkin", { token: credential, headers, body: { i: 5 } });
    const after = await collect(2);
    expect(after.slice(0, 5)).toEqual(before);
    expect(after[5]).toMatchObject({
      metrics: { i: 5 },
      software: { name: "Wget", version: "1.21", system: "linux-gnu" },
    });
    expect((await user.get(path)).body.items.length).toBeGreaterThanOrEqual(1);
    expect((await user.get(`${path}?from=9&to=8`)).status).toBe(400);
    await user.delete(`/v1/devices/${id}`);
    expect((await user.get(path)).status).toBe(404);
    expect(await isArchived()).toBe(0);
  });

  it("is empty for a device that never polled, and starts no hub", async () => {
    const user = await createUser();
    const id = await user.addDevice();
    expect((await user.get(`/v1/devices/${id}/check-ins`)).body).toEqual({ items: [], nextCursor: null });
  });
});

it.each([
  ["curl/8.5.0", { name: "curl", version: "8.5.0", system: null }],
  ["Mikrotik/7.x Fetch", { name: "Mikrotik", version: "7.x", system: null }],
  ["Thing (rev 2; esp32) x/1", { name: "Thing", version: null, system: "rev 2; esp32" }],
  ["(only a comment)", null],
  ["", null],
  [null, null],
])("reads the software of %s", (client, software) => {
  expect(softwareOf(client)).toEqual(software);
});
