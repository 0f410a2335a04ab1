// Pairing as RFC 8628 has it: what a device and a person see, and what keeps others out.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { hubStub } from "../../src/hub-stub.ts";
import { verifyToken } from "../../src/identity/tokens.ts";
import { runScheduled } from "../../src/jobs/scheduled.ts";
import { type Answer, call, createUser, keys, origin } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";
import { unreachableDatabase } from "../support/broken-database.ts";

const grantType = "urn:ietf:params:oauth:grant-type:device_code";
const clientId = "lamp-v2";

function postForm(
  path: string,
  form: Record<string, string> | string,
  options: { address?: string; bindings?: Partial<Env> } = {},
) {
  const { address, bindings } = options;
  const headers: Record<string, string> = address === undefined ? {} : { "cf-connecting-ip": address };
  return call("POST", path, { rawBody: new URLSearchParams(form), headers, bindings });
}

async function startPairing(fields: Record<string, string> = {}) {
  const { body } = await postForm("/v1/pairing/device_authorization", { client_id: clientId, ...fields });
  return { deviceCode: body.device_code as string, userCode: body.user_code as string };
}

function poll(deviceCode: string, fields: Record<string, string> = {}): Promise<Answer> {
  return postForm("/v1/pairing/token", {
    grant_type: grantType,
    device_code: deviceCode,
    client_id: clientId,
    ...fields,
  });
}

function expectRefusal(answer: Answer, error: string): void {
  expect(answer).toMatchObject({ status: 400, body: { error, error_description: expect.any(String) } });
}

afterEach(() => vi.useRealTimers());

function passTime(ms: number): void {
  vi.useFakeTimers({ now: Date.now() + ms, toFake: ["Date"] });
}

describe("a device that asks to be paired", () => {
  it("gets a code to show and a code to poll with", async () => {
    const answer = await postForm("/v1/pairing/device_authorization", { client_id: clientId, scope: "anything" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const { user_code: userCode } = answer.body;
    expect(userCode).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(answer.body).toEqual({
      device_code: expect.stringMatching(/^[0-9a-z]{32}$/),
      user_code: userCode,
      verification_uri: `${origin}/pair`,
      verification_uri_complete: `${origin}/pair?code=${userCode}`,
      expires_in: 600,
      interval: 5,
    });
  });

  it("is stored without its codes", async () => {
    const { deviceCode, userCode } = await startPairing();
    const stored = JSON.stringify(await queryDatabase("select * from pairings"));
    for (const code of [deviceCode, userCode, userCode.replace("-", "")]) expect(stored).not.toContain(code);
  });

  it("gets its own credential once a person has approved it, and only once", async () => {
    const user = await createUser();
    const { deviceCode, userCode } = await startPairing({ device_name: "Hall lamp" });
    expectRefusal(await poll(deviceCode), "authorization_pending");

    const typed = userCode.toLowerCase().replace("-", " ");
    expect((await user.get(`/v1/pairing/${encodeURIComponent(typed)}`)).body).toEqual({
      userCode,
      clientId,
      suggestedName: "Hall lamp",
      country: null,
      status: "pending",
      deviceId: null,
      createdAt: expect.any(Number),
      expiresAt: expect.any(Number),
    });
    const approved = await user.post(`/v1/pairing/${userCode}/approve`, { name: "Desk lamp" });
    expect(approved).toMatchObject({ status: 200, body: { name: "Desk lamp", model: clientId, hasCredential: false } });
    const deviceId = approved.body.id;

    const { status, body, headers } = await poll(deviceCode);
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      device_id: deviceId,
      hub_key: expect.stringContaining(user.hubId),
      mqtt_url: `wss://homeport.test/mqtt/${body.hub_key}`,
      relay_url: "wss://homeport.test/mqtt",
    });
    const held = { kind: "device", deviceId, hubId: user.hubId, gen: 1 };
    expect(verifyToken(keys, body.access_token, Date.now())).toEqual(held);
    expect((await user.get(`/v1/devices/${deviceId}`)).body).toMatchObject({ hasCredential: true });
    expect((await user.get(`/v1/pairing/${userCode}`)).body).toMatchObject({ status: "paired", deviceId });
    expectRefusal(await poll(deviceCode), "invalid_grant");
  });

  it("gets one credential when it polls several times at once", async () => {
    const user = await createUser();
    const { deviceCode, userCode } = await startPairing();
    await user.post(`/v1/pairing/${userCode}/approve`, { name: "Lamp" });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => poll(deviceCode)));
    const [paired, ...others] = answers.toSorted((a, b) => a.status - b.status);
    expect(paired).toMatchObject({ status: 200 });
    for (const other of others) expectRefusal(other, "invalid_grant");
    expect(verifyToken(keys, paired?.body.access_token, Date.now())).toMatchObject({ gen: 1 });
  });

  it("takes the place of a device that exists, whose credential ends when the new one is fetched", async () => {
    const user = await createUser();
    const deviceId = await user.addDevice();
    await user.post(`/v1/devices/${deviceId}/credentials`);
    await user.markHubStarted();
    const { deviceCode, userCode } = await startPairing();
    expect(await user.post(`/v1/pairing/${userCode}/approve`, { deviceId })).toMatchObject({
      status: 200,
      body: { id: deviceId, name: "Lamp" },
    });
    const genInHub = () =>
      runInDurableObject(hubStub(env.USER_HUB, user.hubId), (_hub, { storage }) =>
        storage.sql.exec("select gen from credentials where subject = ?", deviceId).toArray(),
      );
    const before = await genInHub();
    const { body } = await poll(deviceCode);
    expect(verifyToken(keys, body.access_token, Date.now())).toMatchObject({ deviceId, gen: 2 });
    expect(before).not.toEqual([{ gen: 2 }]);
    expect(await genInHub()).toEqual([{ gen: 2 }]);
  });

  it("hears that it was denied", async () => {
    const user = await createUser();
    const { deviceCode, userCode } = await startPairing();
    expect(await user.post(`/v1/pairing/${userCode}/deny`)).toMatchObject({ status: 204 });
    expectRefusal(await poll(deviceCode), "access_denied");
    expect(await user.post(`/v1/pairing/${userCode}/approve`, { name: "Lamp" })).toMatchObject({ status: 409 });
  });

  it("hears that it was denied when what was approved is gone", async () => {
    const user = await createUser();
    const { deviceCode, userCode } = await startPairing();
    const { body } = await user.post(`/v1/pairing/${userCode}/approve`, { name: "Lamp" });
    await user.delete(`/v1/devices/${body.id}`);
    expectRefusal(await poll(deviceCode), "access_denied");
  });

  it("has to slow down, and then has to wait longer", async () => {
    const { deviceCode } = await startPairing();
    expectRefusal(await poll(deviceCode), "authorization_pending");
    expectRefusal(await poll(deviceCode), "slow_down");
    passTime(6000);
    expectRefusal(await poll(deviceCode), "slow_down");
    passTime(15_000);
    expectRefusal(await poll(deviceCode), "authorization_pending");
  });

  it("hears that its code has expired, for some time", async () => {
    const user = await createUser();
    const { deviceCode, userCode } = await startPairing();
    passTime(600_000);
    expect(await user.get(`/v1/pairing/${userCode}`)).toMatchObject({ status: 404 });
    expect(await user.post(`/v1/pairing/${userCode}/approve`, { name: "Lamp" })).toMatchObject({ status: 404 });
    expect((await user.get("/v1/devices")).body.items).toEqual([]);
    expectRefusal(await poll(deviceCode), "expired_token");
    await runScheduled(env);
    expectRefusal(await poll(deviceCode), "expired_token");
    passTime(600_001);
    await runScheduled(env);
    expectRefusal(await poll(deviceCode), "invalid_grant");
  });

  it.each<[string, Record<string, string>, string]>([
    ["another device's name", { client_id: "other" }, "invalid_grant"],
    ["a code nobody gave it", { device_code: "0".repeat(32) }, "invalid_grant"],
    ["no code", { device_code: "" }, "invalid_request"],
    ["another grant", { grant_type: "authorization_code" }, "unsupported_grant_type"],
  ])("is refused with %s", async (_, fields, error) => {
    const { deviceCode } = await startPairing();
    expectRefusal(await poll(deviceCode, fields), error);
  });

  it("is refused without a form, without client_id and with two of them", async () => {
    const path = "/v1/pairing/device_authorization";
    expectRefusal(await call("POST", path, { body: { client_id: clientId } }), "invalid_request");
    expectRefusal(await call("POST", path), "invalid_request");
    expectRefusal(await postForm(path, {}), "invalid_request");
    expectRefusal(await postForm(path, "client_id=a&client_id=b"), "invalid_request");
  });

  it("is told to come back while the database is down", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const bindings = unreachableDatabase();
    const answer = await postForm("/v1/pairing/device_authorization", { client_id: clientId }, { bindings });
    expect(answer).toMatchObject({ status: 503, body: { error: "temporarily_unavailable" } });
    expect(answer.headers.get("retry-after")).toBe("5");
    log.mockRestore();
  });
});

describe("codes cannot be had or tried in numbers", () => {
  it("an address gets ten a minute", async () => {
    const address = newId("addr");
    const ask = () => postForm("/v1/pairing/device_authorization", { client_id: clientId }, { address });
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await ask());
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(10);
    expect(answers.at(-1)).toMatchObject({ status: 429, body: { error: "slow_down" } });
    expect(answers.at(-1)?.headers.get("retry-after")).toBe("60");
  });

  it("a person may enter twenty a minute, from wherever", async () => {
    const user = await createUser();
    const statuses = new Set<number>();
    for (let i = 0; i < 22; i++) {
      statuses.add((await user.get("/v1/pairing/BCDF-GHJK")).status);
    }
    expect([...statuses]).toEqual([404, 429]);
  });

  it("an address may enter twenty a minute, as whoever", async () => {
    const headers = { "cf-connecting-ip": newId("addr") };
    const statuses = new Set<number>();
    for (let i = 0; i < 22; i++) {
      const user = await createUser();
      statuses.add((await user.call("GET", "/v1/pairing/BCDF-GHJK", { headers })).status);
    }
    expect([...statuses]).toEqual([404, 429]);
  });

  it("the deployment has room for so many at a time", async () => {
    await startPairing();
    const bindings = { MAX_OPEN_PAIRINGS: "1" };
    const answer = await postForm("/v1/pairing/device_authorization", { client_id: clientId }, { bindings });
    expect(answer).toMatchObject({ status: 429, body: { error: "slow_down" } });
  });
});

describe("a person", () => {
  it("finds nothing behind what is no code, was never one, or was somebody else's to decide", async () => {
    const [owner, stranger] = [await createUser(), await createUser()];
    const { userCode } = await startPairing();
    await owner.post(`/v1/pairing/${userCode}/approve`, { name: "Lamp" });
    for (const code of ["AEIO-1234", "BCDF-GHJK", "B", userCode]) {
      for (const [method, path, body] of [
        ["GET", code, undefined],
        ["POST", `${code}/approve`, { name: "Mine" }],
        ["POST", `${code}/deny`, undefined],
      ] as const) {
        const answer = await stranger.call(method, `/v1/pairing/${path}`, { body });
        expect(answer).toMatchObject({
          status: 404,
          body: { error: { message: "There is no such pairing code." } },
        });
      }
    }
    expect((await stranger.get("/v1/devices")).body.items).toEqual([]);
  });

  it("cannot approve a device for somebody else's, which still waits", async () => {
    const [owner, stranger] = [await createUser(), await createUser()];
    const { userCode } = await startPairing();
    const deviceId = await owner.addDevice();
    const approve = `/v1/pairing/${userCode}/approve`;
    expect(await stranger.post(approve, { deviceId })).toMatchObject({ status: 404 });
    expect(await owner.post(approve, { deviceId })).toMatchObject({ status: 200 });
  });

  it.each([[{}], [{ name: "a", deviceId: "dev_1" }], [{ name: "" }], [{ nome: "a" }]])(
    "cannot approve with %j",
    async (body) => {
      const { userCode } = await startPairing();
      const answer = await (await createUser()).post(`/v1/pairing/${userCode}/approve`, body);
      expect(answer).toMatchObject({ status: 400 });
    },
  );

  it("who approves at the same time as another leaves no device behind", async () => {
    const users = await Promise.all([createUser(), createUser(), createUser()]);
    const { userCode } = await startPairing();
    const answers = await Promise.all(
      users.map((user) => user.post(`/v1/pairing/${userCode}/approve`, { name: "Lamp" })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const lists = await Promise.all(users.map((user) => user.get("/v1/devices")));
    expect(lists.flatMap(({ body }) => body.items)).toHaveLength(1);
  });
});
