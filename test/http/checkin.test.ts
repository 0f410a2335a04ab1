import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { type Answer, type Call, call, createUser, origin, respond, type TestUser } from "../support/api.ts";
import { addDevice, connected, hubOf, steps } from "../support/connections.ts";
import { CountedBindings } from "../support/counted-bindings.ts";

interface Polling {
  user: TestUser;
  id: string;
  credential: string;
}

async function pollingDevice(): Promise<Polling> {
  const user = await createUser();
  return { user, ...(await addDevice(user)) };
}

/** A check-in with a report if there is a body. */
function checkIn({ credential }: Polling, query = "", options: Call = {}): Promise<Answer> {
  return call("POST", `/v1/checkin${query}`, { token: credential, ...options });
}

const fresh = (device: Polling, query = "", options: Call = {}) => checkIn(device, `?fresh=1${query}`, options);

const quiet = { cursor: null, more: false, messages: [], delta: null, shadows: {} };

describe.each(steps)("a check-in, hub %s", (_, step) => {
  it("answers when to come again, and nothing new", async () => {
    const device = await pollingDevice();
    const { status, headers, body } = await checkIn(device);
    expect(status).toBe(200);
    expect(body).toEqual({ etag: body.etag, reportAfterSeconds: 60, nextCheckinSeconds: expect.any(Number), ...quiet });
    expect(body.nextCheckinSeconds).toBeGreaterThanOrEqual(48);
    expect(body.nextCheckinSeconds).toBeLessThanOrEqual(72);
    expect(headers.get("etag")).toBe(`"${body.etag}"`);
    expect(headers.get("x-report-after-seconds")).toBe("60");
    await step(device.user);
    const again = await respond("POST", "/v1/checkin?fresh=1", {
      token: device.credential,
      headers: { "if-none-match": `"other", W/"${body.etag}"` },
    });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect(again.headers.get("x-next-checkin-seconds")).toMatch(/^\d+$/);
  });

  it("hands over what waits until it is acknowledged", async () => {
    const device = await pollingDevice();
    const { user, id } = device;
    await fresh(device);
    await step(user);
    const send = (topic: string, payload: unknown, qos = 1) =>
      user.post(`/v1/devices/${id}/messages`, { topic, payload, qos });
    expect(await send("set/led", "on")).toMatchObject({ body: { recipients: 1 } });
    expect(await send("set/lost", "QoS 0", 0)).toMatchObject({ body: { recipients: 0 } });
    await send("set/level", 7);
    await step(user);
    const { body: first } = await fresh(device);
    const messages = [
      { topic: "set/led", payload: "on" },
      { topic: "set/level", payload: "7" },
    ];
    expect(first).toMatchObject({ messages, more: false, cursor: expect.stringMatching(/^\d+$/) });
    await step(user);
    // Not acknowledged, so the device may not have it.
    expect((await fresh(device)).body).toMatchObject({ messages });
    await send("set/led", "off");
    await step(user);
    const { body: second } = await fresh(device, `&ack=${first.cursor}`);
    expect(second.messages).toEqual([{ topic: "set/led", payload: "off" }]);
    await step(user);
    expect((await fresh(device, `&ack=${second.cursor}`)).body).toMatchObject(quiet);
    // Numbers are never given twice: an old cursor acknowledges nothing new.
    await step(user);
    await send("set/led", "blink");
    await step(user);
    expect((await fresh(device, `&ack=${second.cursor}`)).body.messages).toEqual([
      { topic: "set/led", payload: "blink" },
    ]);
  });

  it("tells what the shadow wants, and takes what is reported", async () => {
    const device = await pollingDevice();
    const { user, id } = device;
    const app = await connected(user);
    await app.subscribe(`devices/${id}/shadow/update/accepted`);
    app.publish(
      `devices/${id}/shadow/update`,
      JSON.stringify({ state: { desired: { interval: 30, led: { on: true } } } }),
    );
    await app.nextMessage();
    await step(user);
    const { body: first } = await fresh(device);
    expect(first.delta).toEqual({ version: 1, state: { interval: 30, led: { on: true } } });
    await step(user);
    const { body: second } = await checkIn(device, "", { body: { reported: { interval: 30 } } });
    expect(second.delta).toEqual({ version: 2, state: { led: { on: true } } });
    const accepted = JSON.parse((await app.nextMessage()).text);
    expect(accepted).toMatchObject({ state: { reported: { interval: 30 } } });
    await step(user);
    const form = new URLSearchParams({ reported: '{"led":{"on":true}}' });
    expect((await checkIn(device, "", { rawBody: form })).body.delta).toBeNull();
  });

  it("tells what named shadows want, and takes what is reported to them", async () => {
    const device = await pollingDevice();
    const { user, id } = device;
    const { body: before } = await checkIn(device);
    await user.patch(`/v1/devices/${id}/shadow?name=wifi`, { state: { desired: { channel: 6, band: "5" } } });
    await user.patch(`/v1/devices/${id}/shadow?name=vpn`, { state: { desired: { on: true }, reported: { on: true } } });
    await step(user);
    const { body: first } = await fresh(device);
    expect(first).toMatchObject({ delta: null, shadows: { wifi: { version: 1, state: { channel: 6, band: "5" } } } });
    expect(Object.keys(first.shadows)).toEqual(["wifi"]);
    expect(first.etag).not.toBe(before.etag);
    await step(user);
    const { body: second } = await checkIn(device, "", { body: { "reported/wifi": { channel: 6 } } });
    expect(second.shadows).toEqual({ wifi: { version: 2, state: { band: "5" } } });
    await step(user);
    const form = new URLSearchParams({ "reported/wifi": '{"band":"5"}' });
    const { body: third } = await checkIn(device, "", { rawBody: form });
    expect(third.shadows).toEqual({});
    expect(third.etag).not.toBe(second.etag);
  });

  it("comes at the interval its owner expects, which ends what is kept", async () => {
    const device = await pollingDevice();
    const { user, id } = device;
    const { body: before } = await checkIn(device);
    await vi.waitFor(async () => expect(await keptBy(device)).not.toBeNull());
    await step(user);
    expect(await user.patch(`/v1/devices/${id}`, { checkInSeconds: 900 })).toMatchObject({
      body: { checkInSeconds: 900 },
    });
    await vi.waitFor(async () => expect(await keptBy(device)).toBeNull());
    await step(user);
    const { body } = await fresh(device);
    expect(body.etag).not.toBe(before.etag);
    expect(body.nextCheckinSeconds).toBeGreaterThanOrEqual(720);
    expect(body.nextCheckinSeconds).toBeLessThanOrEqual(1080);
    await user.patch(`/v1/devices/${id}`, { checkInSeconds: 10 });
    await step(user);
    // Reports come before presence ends.
    expect((await fresh(device)).body).toMatchObject({ reportAfterSeconds: 30 });
    await user.patch(`/v1/devices/${id}`, { checkInSeconds: null });
    await step(user);
    expect((await fresh(device)).body).toMatchObject({ etag: before.etag, reportAfterSeconds: 60 });
    expect(await user.patch(`/v1/devices/${id}`, { checkInSeconds: 0 })).toMatchObject({ status: 400 });
  });

  it("comes at the interval expected of its model, unless it has one of its own", async () => {
    const device = await pollingDevice();
    const { user, id } = device;
    await user.patch(`/v1/devices/${id}`, { model: "meter" });
    const { body: before } = await checkIn(device);
    await vi.waitFor(async () => expect(await keptBy(device)).not.toBeNull());
    await step(user);
    const wish = { kind: "model", key: "meter", desired: {}, checkInSeconds: 3600 };
    expect(await user.post("/v1/configurations", { ...wish, kind: "tag" })).toMatchObject({ status: 400 });
    const { body: made } = await user.post("/v1/configurations", wish);
    await vi.waitFor(async () => expect(await keptBy(device)).toBeNull());
    await step(user);
    const { body } = await fresh(device);
    expect(body.etag).not.toBe(before.etag);
    expect(body.nextCheckinSeconds).toBeGreaterThanOrEqual(2880);
    await user.patch(`/v1/devices/${id}`, { checkInSeconds: 10 });
    await step(user);
    expect((await fresh(device)).body).toMatchObject({ reportAfterSeconds: 30 });
    await user.patch(`/v1/devices/${id}`, { checkInSeconds: null });
    expect(await user.patch(`/v1/configurations/${made.id}`, { checkInSeconds: null })).toMatchObject({ status: 200 });
    await step(user);
    expect((await fresh(device)).body).toMatchObject({ etag: before.etag, reportAfterSeconds: 60 });
  });

  it("publishes what was measured, counts as presence, and says where the device is", async () => {
    const device = await pollingDevice();
    const { user, id } = device;
    const app = await connected(user);
    await app.subscribe(`devices/${id}/#`);
    expect(JSON.parse((await app.nextMessage()).text)).toEqual({ online: false, lastSeenAt: null });
    await step(user);
    const metrics = { uptime: 12.5, ok: true, mode: "eco" };
    const report = { ...metrics, firmwareVersion: "1.2", addresses: ["10.0.0.7"] };
    expect((await checkIn(device, "", { body: report, headers: { "user-agent": "curl/8" } })).status).toBe(200);
    expect(JSON.parse((await app.nextMessage()).text)).toMatchObject({ online: true });
    for (const [name, value] of Object.entries(metrics)) {
      expect(await app.nextMessage()).toMatchObject({ topic: `devices/${id}/streams/${name}`, text: String(value) });
    }
    await step(user);
    expect((await user.get(`/v1/devices/${id}/presence`)).body).toMatchObject({ online: true });
    await checkIn(device, "?uptime=13", { headers: { "user-agent": "curl/8" } });
    expect(await app.nextMessage()).toMatchObject({ topic: `devices/${id}/streams/uptime`, text: "13" });
    await app.expectNoPacket();
  });

  it("refuses a credential that was replaced or revoked", async () => {
    const device = await pollingDevice();
    const { user, id } = device;
    await fresh(device);
    const { credential } = (await user.post(`/v1/devices/${id}/credentials`)).body;
    await step(user);
    expect(await fresh(device)).toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
    // From now on the edge knows.
    await vi.waitFor(async () => expect(await nearOf(device)).toEqual({ refused: true }));
    const counted = new CountedBindings();
    expect(await checkIn(device, "", { bindings: counted.bindings })).toMatchObject({ status: 401 });
    expect(counted.hubCalls).toEqual([]);
    const renewed = { ...device, credential };
    expect(await fresh(renewed)).toMatchObject({ status: 200 });
    await step(user);
    await user.delete(`/v1/devices/${id}/credentials`);
    await step(user);
    expect(await fresh(renewed)).toMatchObject({ status: 401 });
  });
});

describe("an unchanged poll", () => {
  it("asks neither the hub nor the database", async () => {
    const device = await pollingDevice();
    const { headers, body } = await checkIn(device);
    await vi.waitFor(async () => expect(await nearOf(device)).not.toBeUndefined());
    for (const options of [{}, { headers: { "if-none-match": headers.get("etag") ?? "" } }]) {
      const counted = new CountedBindings();
      const answer = await respond("GET", "/v1/checkin", {
        token: device.credential,
        bindings: counted.bindings,
        ...options,
      });
      expect(answer.status).toBe(options.headers ? 304 : 200);
      if (!options.headers) expect(await answer.json()).toMatchObject({ etag: body.etag, ...quiet });
      expect(counted).toMatchObject({ queries: 0, hubCalls: [], kvReads: 0 });
    }
  });

  it("is answered from KV where the cache has nothing", async () => {
    const device = await pollingDevice();
    const { body } = await checkIn(device);
    await vi.waitFor(async () => expect(await keptBy(device)).not.toBeNull());
    await vi.waitFor(async () => expect(await nearOf(device)).not.toBeUndefined());
    await caches.default.delete(nearAddress(device));
    const counted = new CountedBindings();
    const answer = await checkIn(device, "", { bindings: counted.bindings });
    expect(answer.body.etag).toBe(body.etag);
    expect(counted).toMatchObject({ queries: 0, hubCalls: [], kvReads: 1 });
  });

  it("with metrics, or asking for it, makes exactly one call of the hub", async () => {
    const device = await pollingDevice();
    await checkIn(device);
    for (const [query, options] of [
      ["", { body: { uptime: 1, cpu: 2, reported: { a: 1 } } }],
      ["?fresh=1", {}],
    ] as [string, Call][]) {
      const counted = new CountedBindings();
      expect((await checkIn(device, query, { ...options, bindings: counted.bindings })).status).toBe(200);
      expect(counted).toMatchObject({ queries: 0, hubCalls: ["checkIn"], kvReads: 0 });
    }
  });
});

it("is refused to a device that comes too often, and wakes no hub", async () => {
  const device = await pollingDevice();
  const counted = new CountedBindings();
  const asked: string[] = [];
  const CHECKIN_LIMIT = {
    limit: async ({ key }: { key: string }) => ({ success: asked.push(key) < 2 }),
  };
  const bindings = { ...counted.bindings, CHECKIN_LIMIT };
  expect(await checkIn(device, "?fresh=1", { bindings })).toMatchObject({ status: 200 });
  for (const query of ["", "?fresh=1", "?uptime=1"]) {
    const { status, headers, body } = await checkIn(device, query, { bindings });
    expect({ status, after: headers.get("retry-after") }).toEqual({ status: 429, after: "60" });
    expect(body.error).toMatchObject({ code: "rate_limited" });
  }
  expect(new Set(asked)).toEqual(new Set([device.id]));
  expect(counted).toMatchObject({ queries: 0, hubCalls: ["checkIn"], kvReads: 0 });
});

it("is refused in the runtime too, device by device", async () => {
  const [device, other] = [await pollingDevice(), await pollingDevice()];
  await checkIn(device);
  let refused = 0;
  for (let i = 0; i < 100 && refused === 0; i++) if ((await checkIn(device)).status === 429) refused++;
  expect(refused).toBe(1);
  expect(await checkIn(other)).toMatchObject({ status: 200 });
});

describe("a change", () => {
  it("ends what is kept: a message, a shadow, a credential", async () => {
    const device = await pollingDevice();
    const { user, id } = device;
    const becomes = (isKept: boolean) =>
      vi.waitFor(async () => expect((await keptBy(device)) !== null).toBe(isKept), { timeout: 5000 });
    await checkIn(device);
    await becomes(true);
    await user.post(`/v1/devices/${id}/messages`, { topic: "set/led", payload: "on", qos: 1 });
    await becomes(false);
    const { body } = await fresh(device);
    expect(await keptBy(device)).toBeNull();
    await fresh(device, `&ack=${body.cursor}`);
    await becomes(true);
    await hubOf(user).updateShadow(
      { deviceId: id, name: null },
      { body: new TextEncoder().encode(JSON.stringify({ state: { desired: { b: 2 } } })), author: "usr_x" },
    );
    await becomes(false);
    await fresh(device);
    await becomes(true);
    await user.delete(`/v1/devices/${id}/credentials`);
    await becomes(false);
  });
});

/** In KV. */
function keptBy({ id }: Polling): Promise<string | null> {
  return env.CHECKIN_CACHE.get(`checkin/${id}/1`);
}

const nearAddress = ({ id }: Polling) => `${origin}/v1/checkin/kept/checkin/${id}/1`;

/** In the cache of this edge. */
async function nearOf(device: Polling): Promise<unknown> {
  return (await caches.default.match(nearAddress(device)))?.json();
}
