// The export of everything a user has: with a real hub, its archive, R2 and the queue.
import { gzipSync } from "node:zlib";
import { env } from "cloudflare:workers";
import { createScheduledController } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import worker from "../../src/index.ts";
import { exportPartBytes } from "../../src/domain/exports.ts";
import { hubStub } from "../../src/hub-stub.ts";
import type { SystemContext } from "../../src/services/context.ts";
import { CheckInArchive } from "../../src/store/check-in-archive.ts";
import { openStore } from "../../src/store/open-store.ts";
import { StreamArchive } from "../../src/store/stream-archive.ts";
import { createUser, respond, type TestUser } from "../support/api.ts";
import { fileOf, finishedExport, linesOf, makeAll, newExport } from "../support/exports.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const minuteMs = 60_000;
const { exports } = openStore(env);

function publish(user: TestUser, deviceId: string, topic: string, payload: unknown, retain = false) {
  return user.post(`/v1/devices/${deviceId}/messages`, { topic, payload, retain });
}

/** A user with one thing of each kind. */
async function userWithEverything() {
  const user = await createUser();
  const deviceId = await user.addDevice({ name: "Thermometer", tags: ["cellar"], attributes: { floor: -1 } });
  await user.addDevice({ name: "Silent" });
  const token = await user.addAppToken({ name: "cron" });
  await user.post(`/v1/devices/${deviceId}/credentials`);
  await publish(user, deviceId, "streams/temperature", 20);
  await publish(user, deviceId, "streams/temperature", 22);
  await publish(user, deviceId, "streams/door", "open");
  await publish(user, deviceId, "state", "retained", true);
  await user.patch(`/v1/devices/${deviceId}/shadow`, { state: { desired: { led: true } } });
  const hub = hubStub(env.USER_HUB, user.hubId);
  const topic = "shared/bytes";
  await hub.publish({ topic, payload: new Uint8Array([0xff, 0]), qos: 0, retain: true });
  await user.patch("/v1/preferences", { theme: "dark" });
  await user.post("/v1/rules", {
    name: "Warm",
    trigger: { type: "stream", device: { deviceId }, stream: "temperature", is: "above", value: 30 },
    actions: [{ type: "set", name: "fan", payload: "on" }],
  });
  await user.post("/v1/configurations", { kind: "tag", key: "cellar", desired: { interval: 60 } });
  const report = (at: number) => gzipSync(`${JSON.stringify({ at, metrics: { uptime: 5 } })}\n`);
  const checkIns = new CheckInArchive(env.ARTIFACTS);
  const monthAgo = Date.now() - 20 * dayMs;
  await checkIns.add({ hubId: user.hubId, deviceId }, Math.floor(monthAgo / dayMs), [
    { lastAt: monthAgo, packed: report(monthAgo) },
  ]);
  const archive = new StreamArchive(env.ARTIFACTS);
  const place = { hubId: user.hubId, deviceId, resolution: "minute" } as const;
  const slot = (at: number) => ({ index: at / minuteMs, count: 2, sum: 10, min: 4, max: 6 });
  const day = Date.UTC(2026, 4, 1);
  const series = new Map([["humidity", [slot(day), slot(day + minuteMs)]]]);
  await archive.write(place, "2026-05-01", { streams: series, merged: new Map([[day / dayMs, 7]]) });
  return { user, deviceId, token, day };
}

/** With time that passes at every look at the clock, so that a step does as little as it may. */
function inSmallSteps(ctx: SystemContext): SystemContext {
  let now = Date.now();
  return { ...ctx, now: () => (now += 9_000) };
}

describe("an export", () => {
  it("has everything in it, and no secret", async () => {
    const { user, deviceId, token, day } = await userWithEverything();
    const file = await fileOf(user, await finishedExport(user));
    const lines = linesOf(file);
    const of = (type: string) => lines.filter((line) => line.type === type);
    expect(lines[0]).toMatchObject({ type: "export", version: 1, hubId: user.hubId });
    expect(of("account")).toMatchObject([{ id: user.userId, email: user.email }]);
    expect(of("device")).toMatchObject([
      { id: deviceId, name: "Thermometer", tags: ["cellar"], attributes: { floor: -1 } },
      { name: "Silent" },
    ]);
    expect(of("appToken")).toEqual([expect.objectContaining({ id: token.id, name: "cron" })]);
    expect(of("shadow")).toMatchObject([{ deviceId, name: null, state: { desired: { led: true, interval: 60 } } }]);
    expect(of("shadow")[0]?.history).toHaveLength(2);
    expect(of("stream")).toMatchObject([
      { deviceId, name: "door", value: "open" },
      { deviceId, name: "temperature", value: 22 },
    ]);
    const minutes = of("history").filter(({ resolution }) => resolution === "minute");
    expect(minutes).toMatchObject([
      {
        stream: "humidity",
        period: "2026-05-01",
        points: [
          [day, 5, 4, 6, 2],
          [day + minuteMs, 5, 4, 6, 2],
        ],
      },
      { stream: "temperature" },
    ]);
    const counts = (resolution: string) =>
      of("history")
        .filter((line) => line.resolution === resolution && line.stream === "temperature")
        .flatMap(({ points }) => points as number[][])
        .reduce((sum, [, , , , count]) => sum + (count as number), 0);
    for (const resolution of ["minute", "hour", "day"]) expect(counts(resolution), resolution).toBe(2);
    expect(of("retainedMessage")).toMatchObject([
      { topic: `devices/${deviceId}/state`, payload: "retained" },
      { topic: "shared/bytes", payloadBase64: "/wA=" },
    ]);
    expect(of("preferences")).toEqual([{ type: "preferences", theme: "dark" }]);
    expect(of("configuration")).toMatchObject([{ kind: "tag", key: "cellar", desired: { interval: 60 } }]);
    expect(of("rule")).toMatchObject([{ name: "Warm", firings: [] }]);
    expect(of("checkIn")).toMatchObject([{ deviceId, metrics: { uptime: 5 } }]);
    expect(of("usage").length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toContain(token.token);
    expect(JSON.stringify(lines)).not.toContain(user.rawSessionToken);
  });

  it("is the same, however often its making fails on the way", { timeout: 30_000 }, async () => {
    const { user } = await userWithEverything();
    const whole = linesOf(await fileOf(user, await finishedExport(user)));
    const id = await newExport(user);
    let saves = 0;
    const { steps, failures } = await makeAll(user, id, (ctx) => ({
      ...inSmallSteps(ctx),
      store: {
        ...ctx.store,
        exports: {
          ...ctx.store.exports,
          save: async (...step) => {
            if (saves++ % 2 === 0) throw new Error("crashed");
            return ctx.store.exports.save(...step);
          },
        },
      },
    }));
    expect(failures).toBeGreaterThan(5);
    expect(steps).toBeGreaterThanOrEqual(2 * failures - 1);
    const { body } = await user.get(`/v1/exports/${id}`);
    expect(body).toMatchObject({ status: "done", error: null, partsDone: body.partsKnown });
    const stable = (lines: typeof whole) =>
      lines.filter(({ type }) => !["export", "usage"].includes(type)).map((line) => ({ ...line, timestamp: 0 }));
    expect(stable(linesOf(await fileOf(user, id)))).toEqual(stable(whole));
    const { objects } = await env.ARTIFACTS.list({ prefix: `exports/${user.userId}/${id}/` });
    expect(objects.map(({ size }) => size)).toEqual([body.bytes]);
  });

  it("of many bytes is uploaded in parts and read in ranges", { timeout: 30_000 }, async () => {
    const user = await createUser();
    await user.addDevice();
    await user.markHubStarted();
    const hub = hubStub(env.USER_HUB, user.hubId);
    for (let i = 0; i < 24; i++) {
      const payload = new Uint8Array(250_000);
      for (let at = 0; at < payload.length; at += 50_000) crypto.getRandomValues(payload.subarray(at, at + 50_000));
      payload[0] = 0xff;
      await hub.publish({ topic: `shared/${i}`, payload, qos: 0, retain: true });
    }
    const id = await newExport(user);
    await makeAll(user, id, inSmallSteps);
    const { body } = await user.get(`/v1/exports/${id}`);
    expect(body.bytes).toBeGreaterThan(exportPartBytes);
    const file = await fileOf(user, id);
    expect(file.length).toBe(body.bytes);
    expect(linesOf(file).filter(({ type }) => type === "retainedMessage")).toHaveLength(24);
    const headers = (range: string) => ({ token: user.token, headers: { range } });
    const path = `/v1/exports/${id}/file`;
    const some = await respond("GET", path, headers(`bytes=${exportPartBytes - 10}-${exportPartBytes + 9}`));
    expect(some.status).toBe(206);
    expect(some.headers.get("content-range")).toBe(
      `bytes ${exportPartBytes - 10}-${exportPartBytes + 9}/${file.length}`,
    );
    expect(new Uint8Array(await some.arrayBuffer())).toEqual(file.slice(exportPartBytes - 10, exportPartBytes + 10));
    const last = await respond("GET", path, headers("bytes=-7"));
    expect(new Uint8Array(await last.arrayBuffer())).toEqual(file.slice(-7));
    const beyond = await respond("GET", path, headers(`bytes=${file.length}-`));
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get("content-range")).toBe(`bytes */${file.length}`);
    const whole = await respond("GET", path, headers("lines=1-2"));
    expect(whole.status).toBe(200);
    expect(whole.headers.get("content-disposition")).toBe(`attachment; filename="homeport-${id}.ndjson.gz"`);
    await whole.body?.cancel();
  });

  it("is made by the queue, one at a time, and wakes no hub that never ran", { timeout: 30_000 }, async () => {
    const user = await createUser();
    await user.addDevice();
    const [first, second] = await Promise.all([user.post("/v1/exports"), user.post("/v1/exports")]);
    expect([first.status, second.status].toSorted()).toEqual([200, 202]);
    expect(second.body.id).toBe(first.body.id);
    const { id } = first.body;
    await vi.waitFor(async () => expect((await user.get(`/v1/exports/${id}`)).body).toMatchObject({ status: "done" }), {
      timeout: 20_000,
      interval: 200,
    });
    const types = linesOf(await fileOf(user, id)).map(({ type }) => type);
    expect(types).toEqual(["export", "account", "device", "preferences"]);
    expect((await user.get("/v1/exports")).body).toMatchObject({ items: [{ id, error: null }], nextCursor: null });
    expect((await user.post("/v1/exports")).status).toBe(202);
  });

  it("says so when it cannot be made", async () => {
    const user = await createUser();
    const id = await newExport(user);
    const { failures } = await makeAll(user, id, (ctx) => ({
      ...ctx,
      store: { ...ctx.store, devices: { ...ctx.store.devices, list: () => Promise.reject(new Error("broken")) } },
    }));
    expect(failures).toBe(9);
    const { body } = await user.get(`/v1/exports/${id}`);
    expect(body).toMatchObject({ status: "failed", error: expect.stringContaining("start another") });
    expect(await user.get(`/v1/exports/${id}/file`)).toMatchObject({ status: 409 });
    expect((await user.post("/v1/exports")).status).toBe(202);
  });

  it("is gone with its file when it is deleted, or old", async () => {
    const user = await createUser();
    const [deleted, old] = [await finishedExport(user), await finishedExport(user)];
    expect((await user.delete(`/v1/exports/${deleted}`)).status).toBe(204);
    expect((await user.get(`/v1/exports/${deleted}/file`)).status).toBe(404);
    await exports.postpone(old, Date.now() - 1);
    await worker.scheduled(createScheduledController(), env);
    expect((await user.get("/v1/exports")).body.items).toEqual([]);
    expect((await env.ARTIFACTS.list({ prefix: `exports/${user.userId}/` })).objects).toEqual([]);
  });

  it("goes on when a step was forgotten", { timeout: 30_000 }, async () => {
    const user = await createUser();
    const id = `exp_${"0".repeat(10)}${user.userId.slice(-10)}`;
    await exports.create({ id, userId: user.userId, now: Date.now(), dueAt: Date.now() - 1 });
    await worker.scheduled(createScheduledController(), env);
    await vi.waitFor(async () => expect((await user.get(`/v1/exports/${id}`)).body).toMatchObject({ status: "done" }), {
      timeout: 20_000,
      interval: 200,
    });
  });

  it("is kept ten times at most", { timeout: 30_000 }, async () => {
    const user = await createUser();
    for (let i = 0; i < 10; i++) await finishedExport(user);
    expect(await user.post("/v1/exports")).toMatchObject({ status: 429, body: { error: { code: "quota_exceeded" } } });
  });
});
