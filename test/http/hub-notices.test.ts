// What hubs are told of credentials, when they are told, and what happens when they cannot be.
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { deletedVersion } from "../../src/domain/credentials.ts";
import { runScheduled } from "../../src/jobs/scheduled.ts";
import { systemContext } from "../../src/services/context.ts";
import { retryNotices } from "../../src/services/hub/retry-notices.ts";
import { createUser, type TestUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";
import { RecordedHubs } from "../support/recorded-hubs.ts";

const noGrants = { publish: [], subscribe: [] };

async function userWithStartedHub() {
  const user = await createUser();
  await user.markHubStarted();
  const hubs = new RecordedHubs();
  const act = (method: string, path: string, body?: unknown) => user.call(method, path, { body, bindings: hubs });
  return { user, hubs, act, id: await user.addDevice() };
}

function waiting(user: TestUser): Promise<Record<string, unknown>[]> {
  return queryDatabase("select * from outbox where hub_id = ?", user.hubId);
}

/** The scheduled job as it runs some time later. */
function later(hubs: RecordedHubs, ms: number): Promise<void> {
  const now = Date.now() + ms;
  return retryNotices({ ctx: { ...systemContext(env), hubs: hubs.USER_HUB, now: () => now } });
}

function toldTo(hubs: RecordedHubs, user: TestUser) {
  return hubs.told.filter(({ hub }) => hub === `${user.hubId}.1`).map(({ states }) => states);
}

describe("a hub that runs", () => {
  it("hears of every change, with a growing version", async () => {
    const { user, hubs, act, id } = await userWithStartedHub();
    const path = `/v1/devices/${id}`;
    await act("POST", `${path}/credentials`);
    await act("PATCH", path, { name: "New name" });
    await act("PATCH", path, { grants: { publish: ["a/#"] } });
    await act("POST", `${path}/credentials`);
    await act("DELETE", `${path}/credentials`);
    await act("DELETE", path);
    const grants = { publish: ["a/#"], subscribe: [] };
    const about = { name: "New name", model: null, tags: [], checkInSeconds: null };
    expect(toldTo(hubs, user)).toEqual([
      [{ subject: id, version: 2, gen: 1, grants: noGrants, about: { ...about, name: "Lamp" } }],
      [{ subject: id, version: 3, gen: 1, grants: noGrants, about }],
      [{ subject: id, version: 4, gen: 1, grants, about }],
      [{ subject: id, version: 5, gen: 2, grants, about }],
      [{ subject: id, version: 6, gen: null, grants, about }],
      [{ subject: id, version: deletedVersion, gen: null, grants: noGrants }],
    ]);
    expect(await waiting(user)).toEqual([]);
  });

  it("hears of app tokens", async () => {
    const { user, hubs, act } = await userWithStartedHub();
    const { body } = await act("POST", "/v1/app-tokens", { name: "script" });
    await act("DELETE", `/v1/app-tokens/${body.id}`);
    expect(toldTo(hubs, user)).toEqual([
      [{ subject: body.id, version: 1, gen: 1, grants: noGrants }],
      [{ subject: body.id, version: deletedVersion, gen: null, grants: noGrants }],
    ]);
    expect(await waiting(user)).toEqual([]);
  });

  it("is told through the Worker's own binding", async () => {
    const { user, id } = await userWithStartedHub();
    expect(await user.post(`/v1/devices/${id}/credentials`)).toMatchObject({ status: 201 });
    expect(await waiting(user)).toEqual([]);
  });
});

describe("a hub that never ran", () => {
  it("is not called, and leaves no notice", async () => {
    const user = await createUser();
    const hubs = new RecordedHubs();
    const id = await user.addDevice();
    const { body } = await user.call("POST", "/v1/app-tokens", { body: { name: "script" }, bindings: hubs });
    await user.call("POST", `/v1/devices/${id}/credentials`, { bindings: hubs });
    await user.call("DELETE", `/v1/app-tokens/${body.id}`, { bindings: hubs });
    await user.call("DELETE", `/v1/devices/${id}`, { bindings: hubs });
    expect(hubs.told).toEqual([]);
    expect(await waiting(user)).toEqual([]);
  });
});

describe("a change of somebody else's device", () => {
  it("leaves no notice", async () => {
    const { user, id } = await userWithStartedHub();
    const stranger = await createUser();
    await stranger.markHubStarted();
    for (const method of ["POST", "DELETE"]) await stranger.call(method, `/v1/devices/${id}/credentials`);
    await stranger.delete(`/v1/devices/${id}`);
    expect([...(await waiting(user)), ...(await waiting(stranger))]).toEqual([]);
  });
});

describe("a hub that could not be told", () => {
  beforeAll(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));
  afterAll(() => void vi.restoreAllMocks());

  it("is told by the scheduled job what is true by then", async () => {
    const { user, hubs, act, id } = await userWithStartedHub();
    hubs.failures = 1;
    expect(await act("POST", `/v1/devices/${id}/credentials`)).toMatchObject({ status: 201 });
    expect(await waiting(user)).toMatchObject([{ subject: id, attempts: 0 }]);
    await act("DELETE", `/v1/devices/${id}/credentials`);

    await later(hubs, 0);
    expect(toldTo(hubs, user)).toHaveLength(1);
    await later(hubs, 31_000);
    expect(toldTo(hubs, user)[1]).toMatchObject([{ subject: id, version: 3, gen: null, grants: noGrants }]);
    expect(await waiting(user)).toEqual([]);
  });

  it("hears of a deleted device and a deleted token as deleted", async () => {
    const { user, hubs, act, id } = await userWithStartedHub();
    const { body } = await act("POST", "/v1/app-tokens", { name: "script" });
    hubs.failures = 2;
    await act("DELETE", `/v1/devices/${id}`);
    await act("DELETE", `/v1/app-tokens/${body.id}`);
    await later(hubs, 31_000);
    const states = toldTo(hubs, user).at(-1) ?? [];
    expect(new Set(states.map(({ subject }) => subject))).toEqual(new Set([id, body.id]));
    for (const state of states) expect(state).toMatchObject({ version: deletedVersion, gen: null, grants: noGrants });
    expect(await waiting(user)).toEqual([]);
  });

  it("is tried again less and less often, and never given up", async () => {
    const { user, hubs, act, id } = await userWithStartedHub();
    hubs.failures = 1000;
    await act("POST", `/v1/devices/${id}/credentials`);
    const waits: number[] = [];
    for (let i = 0, at = 31_000; i < 9; i++) {
      await later(hubs, at);
      const [row] = await waiting(user);
      expect(row?.attempts).toBe(i + 1);
      const next = Number(row?.next_attempt_at) - Date.now();
      waits.push(Math.round((next - at) / 60_000));
      at = next + 1000;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    hubs.failures = 0;
    await later(hubs, 90_000_000);
    expect(toldTo(hubs, user)).toHaveLength(1);
    expect(await waiting(user)).toEqual([]);
  });

  it("does not keep other hubs waiting", async () => {
    const [broken, sound] = [await userWithStartedHub(), await userWithStartedHub()];
    for (const { hubs, act, id } of [broken, sound]) {
      hubs.failures = 1;
      await act("POST", `/v1/devices/${id}/credentials`);
    }
    const getByName = (name: string) =>
      (name.startsWith(broken.user.hubId) ? failing : sound.hubs).USER_HUB.getByName(name);
    const failing = new RecordedHubs();
    failing.failures = 1;
    await queryDatabase("update outbox set next_attempt_at = 0");
    await runScheduled({ ...env, USER_HUB: { getByName } as unknown as Env["USER_HUB"] });
    expect(await waiting(sound.user)).toEqual([]);
    expect(await waiting(broken.user)).toMatchObject([{ attempts: 1 }]);
    await later(broken.hubs, 120_000);
  });
});
