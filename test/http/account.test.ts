// What belongs to an account beyond signing in: preferences, and deleting it with everything.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { checkInKey } from "../../src/domain/check-ins.ts";
import { eraseAccount } from "../../src/services/account/erase-account.ts";
import { resumeDeletions } from "../../src/services/account/resume-deletions.ts";
import { systemContext } from "../../src/services/context.ts";
import type { Job } from "../../src/services/jobs.ts";
import storageDoc from "../../docs/storage.md?raw";
import { hubFolders } from "../../src/store/account-files.ts";
import { queryDatabase } from "../support/database.ts";
import { call, createUser, password, signIn, signUp, type TestUser } from "../support/api.ts";
import { openClient } from "../support/mqtt-client.ts";

describe("preferences", () => {
  it("are kept field by field, the same on all devices", async () => {
    const user = await createUser();
    expect((await user.get("/v1/preferences")).body).toEqual({});
    expect(await user.patch("/v1/preferences", { theme: "dark", language: "de" })).toMatchObject({ status: 200 });
    const other = { token: await user.appJwt(), body: { timeZone: "Europe/Berlin", language: null } };
    expect(await call("PATCH", "/v1/preferences", other)).toMatchObject({ status: 200 });
    expect((await user.get("/v1/preferences")).body).toEqual({ theme: "dark", timeZone: "Europe/Berlin" });
    expect((await (await createUser()).get("/v1/preferences")).body).toEqual({});
  });

  it("lose nothing when two devices change them at once", async () => {
    const user = await createUser();
    await Promise.all([{ theme: "dark" }, { language: "de" }].map((change) => user.patch("/v1/preferences", change)));
    expect((await user.get("/v1/preferences")).body).toEqual({ theme: "dark", language: "de" });
  });

  it.each([{ theme: "blue" }, { timeZone: "Mars/Olympus" }, { language: "../en" }, { size: 1 }])(
    "are not %j",
    async (change) => {
      expect(await (await createUser()).patch("/v1/preferences", change)).toMatchObject({ status: 400 });
    },
  );
});

/** The queue, in the hands of the test; and the time. */
class Worker {
  readonly jobs: Job[] = [];
  readonly bindings = { JOBS: { send: async (job: Job) => void this.jobs.push(job) } as unknown as Env["JOBS"] };
  aheadMs = 0;

  get #ctx() {
    const jobs = { send: async (job: Job) => void this.jobs.push(job) };
    return { ...systemContext(env), jobs, now: () => Date.now() + this.aheadMs };
  }

  /** Does what was asked for, each twice, as it may happen. */
  async work(): Promise<void> {
    for (let job = this.jobs.shift(); job; job = this.jobs.shift()) {
      if (job.type !== "eraseAccount") throw new Error(`unexpected ${job.type}`);
      const before = this.jobs.length;
      await eraseAccount({ ctx: this.#ctx, input: job });
      const further = this.jobs.length > before;
      if (!further) await eraseAccount({ ctx: this.#ctx, input: job });
    }
  }

  async cron(): Promise<void> {
    await resumeDeletions({ ctx: this.#ctx });
  }
}

async function rowsOf({ userId, hubId }: TestUser): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const personal = "sessions accounts hubs devices device_tags app_tokens dashboards dashboard_shares preferences";
  for (const table of `${personal} webhooks push_subscriptions deliveries exports pairings`.split(" ")) {
    const [row] = await queryDatabase(`select count(*) as n from ${table} where user_id = ?`, userId);
    if (Number(row?.["n"]) > 0) found[table] = Number(row?.["n"]);
  }
  const [shared] = await queryDatabase("select count(*) as n from dashboard_shares where person_id = ?", userId);
  if (Number(shared?.["n"]) > 0) found["shared"] = 1;
  const [users] = await queryDatabase("select count(*) as n from users where id = ?", userId);
  const [outbox] = await queryDatabase("select count(*) as n from outbox where hub_id = ?", hubId);
  return { ...found, ...(users?.["n"] ? { users: 1 } : {}), ...(outbox?.["n"] ? { outbox: 1 } : {}) };
}

async function objectsOf({ userId, hubId }: TestUser): Promise<string[]> {
  const { objects } = await env.ARTIFACTS.list();
  return objects.map(({ key }) => key).filter((key) => key.includes(userId) || key.includes(hubId));
}

/** Somebody with something of everything. */
async function createRichUser(): Promise<{ user: TestUser; deviceId: string; credential: string; path: string }> {
  const user = await createUser();
  const deviceId = await user.addDevice({ tags: ["office"] });
  const { credential, mqttUrl } = (await user.post(`/v1/devices/${deviceId}/credentials`)).body;
  await user.addAppToken();
  await user.patch("/v1/preferences", { theme: "dark" });
  const dashboard = (await user.post("/v1/dashboards", { title: "Home" })).body.id;
  await user.post(`/v1/dashboards/${dashboard}/shares`, { kind: "link" });
  const other = await createUser();
  const theirs = (await other.post("/v1/dashboards", { title: "Theirs" })).body.id;
  await other.post(`/v1/dashboards/${theirs}/shares`, { kind: "person", email: user.email, rights: "view" });
  await env.CHECKIN_CACHE.put(checkInKey(deviceId, 1), "{}");
  for (const folder of hubFolders) await env.ARTIFACTS.put(`${folder}/${user.hubId}/${deviceId}/2026-01-01`, "x");
  await env.ARTIFACTS.put(`exports/${user.userId}/exp_x/all`, "x");
  return { user, deviceId, credential, path: new URL(mqttUrl).pathname };
}

describe("deleting an account", () => {
  it("knows every folder that hubs have in R2", () => {
    const documented = [...storageDoc.matchAll(/^\| `([a-z/-]+)\/\{hubId\}\//gm)].map(([, folder]) => folder);
    expect(documented.toSorted()).toEqual(hubFolders.toSorted());
  });

  it("signs out at once and removes everything, also what a token makes that lives on", async () => {
    const { user, deviceId, credential, path } = await createRichUser();
    const bystander = await createRichUser();
    const worker = new Worker();
    const jwt = await user.appJwt(Date.now() + 3_600_000);
    const device = await openClient(path);
    await device.connect({ password: credential });
    device.publish("shared/x", "kept", { qos: 1, retain: true });
    await device.next("puback");

    const answer = await user.call("POST", "/api/auth/delete-account", { body: {}, bindings: worker.bindings });
    expect(answer).toMatchObject({ status: 202, body: { status: "removing", doneAt: null } });
    expect(await user.get("/v1/devices")).toMatchObject({ status: 401 });
    const state = () => call("GET", `/api/auth/account-deletion?id=${answer.body.id}`);
    expect((await state()).body).toEqual(answer.body);

    await worker.work();
    expect(await device.next("disconnect")).toMatchObject({ reasonCode: 0x98 });
    await device.expectClosed();
    expect(await rowsOf(user)).toEqual({});
    expect(await objectsOf(user)).toEqual([]);
    expect(await env.CHECKIN_CACHE.get(checkInKey(deviceId, 1))).toBeNull();
    const back = await openClient(path);
    expect(await back.connect({ password: credential })).toMatchObject({ reasonCode: 0x86 });
    const app = await openClient(path);
    await app.connect({ password: jwt });
    expect(await app.subscribe("shared/#")).toEqual([0]);
    await app.expectNoPacket();

    expect(await call("POST", "/v1/devices", { token: jwt, body: { name: "late" } })).toMatchObject({ status: 201 });
    expect((await state()).body.status).toBe("removing");
    await worker.cron();
    expect(worker.jobs).toEqual([]);
    worker.aheadMs = 3_600_000;
    await worker.cron();
    expect(worker.jobs.length).toBeGreaterThan(0);
    await worker.work();
    expect(await rowsOf(user)).toEqual({});
    await app.expectClosed();
    expect((await state()).body).toMatchObject({ status: "done", doneAt: expect.any(Number) });
    expect(await queryDatabase("select * from account_deletions where user_id = ?", user.userId)).toEqual([]);

    expect(await rowsOf(bystander.user)).toMatchObject({ devices: 1, dashboards: 1, shared: 1, users: 1 });
    expect(await objectsOf(bystander.user)).toHaveLength(hubFolders.length + 1);
  });

  it("goes on when its job was lost", async () => {
    const { user } = await createRichUser();
    const worker = new Worker();
    await user.call("POST", "/api/auth/delete-account", { body: {}, bindings: worker.bindings });
    worker.jobs.length = 0;
    worker.aheadMs = 11 * 60_000;
    await worker.cron();
    await worker.work();
    expect(await rowsOf(user)).toEqual({});
  });

  it("asks for the password of whoever did not sign in just now", async () => {
    const { token, user: person } = (await signUp()).body;
    await queryDatabase("update sessions set created_at = ? where user_id = ?", Date.now() - 3_600_000, person.id);
    const remove = (body: unknown, headers = {}) =>
      call("POST", "/api/auth/delete-account", { token, body, headers, bindings: new Worker().bindings });
    expect(await remove({})).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
    expect(await remove({ password: "wrong wrong" })).toMatchObject({ status: 400 });
    expect(await signIn(person.email)).toMatchObject({ status: 200 });
    expect(await remove({ password })).toMatchObject({ status: 202 });
    expect(await signIn(person.email)).toMatchObject({ status: 401 });
    expect(await remove({ password })).toMatchObject({ status: 401 });
  });

  it("is for the person alone", async () => {
    const user = await createUser();
    const { token } = await user.addAppToken();
    for (const options of [{}, { token }, { token: await user.appJwt() }]) {
      const answer = await call("POST", "/api/auth/delete-account", { ...options, body: {} });
      expect(answer).toMatchObject({ status: 401 });
    }
    const headers = { cookie: user.cookie, origin: "https://evil.example" };
    expect(await call("POST", "/api/auth/delete-account", { headers, body: {} })).toMatchObject({ status: 403 });
    expect(await call("GET", "/api/auth/account-deletion?id=del_x")).toMatchObject({ status: 404 });
    expect(await user.get("/v1/devices")).toMatchObject({ status: 200 });
  });
});
