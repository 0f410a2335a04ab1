import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { hubStub } from "../../src/hub-stub.ts";
import { call, createUser, type TestUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";
import { openClient } from "../support/mqtt-client.ts";

let user: TestUser;
beforeAll(async () => {
  user = await createUser();
});

async function startedAt({ hubId }: TestUser): Promise<unknown> {
  const [row] = await queryDatabase("select started_at from hubs where id = ?", hubId);
  return row?.started_at;
}

describe("a device's shadow over HTTP", () => {
  it("is changed, shown with its version, and deleted", async () => {
    const path = `/v1/devices/${await user.addDevice()}/shadow`;
    const made = await user.patch(path, { state: { desired: { led: "on", wifi: { ssid: "a" } } }, clientToken: "t" });
    expect(made).toMatchObject({
      status: 200,
      body: { state: { delta: { led: "on" } }, version: 1, clientToken: "t" },
    });
    expect(made.headers.get("etag")).toBe('"1"');
    await user.patch(path, { state: { desired: { wifi: { ssid: null, key: "b" } }, reported: { led: "on" } } });
    const { body, headers } = await user.get(path);
    expect(headers.get("etag")).toBe('"2"');
    expect(body.state).toEqual({
      desired: { led: "on", wifi: { key: "b" } },
      reported: { led: "on" },
      delta: { wifi: { key: "b" } },
    });
    expect(Object.keys(body.metadata.desired)).toEqual(["led", "wifi"]);
    expect((await user.delete(path)).status).toBe(204);
    expect((await user.get(path)).body).toMatchObject({ state: {}, metadata: {}, version: 0 });
    expect((await user.delete(path)).status).toBe(204);
  });

  it("is changed and deleted only at the version that If-Match or the body names", async () => {
    const path = `/v1/devices/${await user.addDevice()}/shadow`;
    const change = (match: string, value: number, version?: number) =>
      user.call("PATCH", path, { headers: { "if-match": match }, body: { state: { desired: { value } }, version } });
    const conflict = { status: 409, body: { error: { code: "conflict" } } };
    expect(await change('"1"', 1)).toMatchObject(conflict);
    expect(await change('"0"', 1)).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await change('"0"', 2)).toMatchObject(conflict);
    expect(await change("1", 2)).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await user.patch(path, { state: { desired: { value: 3 } }, version: 1 })).toMatchObject(conflict);
    const remove = (match: string) => user.call("DELETE", path, { headers: { "if-match": match } });
    expect(await remove('"1"')).toMatchObject(conflict);
    expect((await remove('"2"')).status).toBe(204);
    expect(await change("two", 1)).toMatchObject({ status: 400, body: { error: { code: "bad_request" } } });
  });

  it("has names beside the classic one, and a list of all", async () => {
    const id = await user.addDevice();
    const path = `/v1/devices/${id}/shadow`;
    await user.patch(`${path}?name=net`, { state: { desired: { dhcp: true } } });
    await user.patch(`${path}?name=app:2`, { state: { desired: { a: 1 } } });
    await user.patch(path, { state: { reported: { b: 1 } } });
    await user.delete(`${path}?name=app:2`);
    const { body } = await user.get(`/v1/devices/${id}/shadows`);
    expect(body.items).toMatchObject([
      { name: null, version: 1 },
      { name: "net", version: 1 },
    ]);
    expect(body.items[0].updatedAt).toBeGreaterThan(Date.now() - 60_000);
    expect((await user.get(`${path}?name=net`)).body.state.desired).toEqual({ dhcp: true });
    expect(await user.get(`${path}?name=no/name`)).toMatchObject({ status: 400 });
  });

  it("refuses what MQTT refuses, with the API's codes", async () => {
    const path = `/v1/devices/${await user.addDevice()}/shadow`;
    const refused = async (body: unknown) => (await user.call("PATCH", path, { body })).body.error;
    expect(await refused({})).toMatchObject({ code: "bad_request" });
    expect(await refused({ state: { wanted: {} } })).toMatchObject({ code: "bad_request" });
    expect(await refused({ state: { desired: [1] } })).toMatchObject({ code: "bad_request" });
    expect(await refused({ state: { desired: { a: [null] } } })).toMatchObject({
      code: "bad_request",
      message: "State contains an invalid node",
    });
    expect(await refused({ state: { desired: { a: "x".repeat(9000) } } })).toMatchObject({ code: "payload_too_large" });
    expect(await refused({ state: { desired: { a: "x".repeat(600_000) } } })).toMatchObject({
      code: "payload_too_large",
    });
    for (let i = 0; i < 50; i++) await user.patch(`${path}?name=n${i}`, { state: { desired: { i } } });
    expect(await user.patch(path, { state: {} })).toMatchObject({
      status: 429,
      body: { error: { code: "quota_exceeded" } },
    });
  });

  it("keeps who changed what is desired and when, and goes back to it", async () => {
    const id = await user.addDevice();
    const path = `/v1/devices/${id}/shadow`;
    const { body: issued } = await user.post(`/v1/devices/${id}/credentials`);
    await user.patch(path, { state: { desired: { led: "on", level: 1 } } });
    await user.patch(path, { state: { reported: { led: "on" } } });
    const device = await openClient(new URL(issued.mqttUrl).pathname);
    await device.connect({ password: issued.credential });
    await device.subscribe(`devices/${id}/shadow/update/delta`);
    await device.nextMessage();
    device.publish(`devices/${id}/shadow/update`, '{"state":{"desired":{"led":"off","level":null}}}', { qos: 1 });
    await device.next("publish");
    await device.next("puback");
    const history = async () => (await user.get(`${path}/history`)).body.items;
    expect(await history()).toMatchObject([
      { version: 3, author: id, desired: { led: "off" } },
      { version: 1, author: user.userId, desired: { led: "on", level: 1 } },
    ]);
    const reverted = await user.post(`${path}/revert`, { version: 2 });
    expect(reverted.body).toMatchObject({ state: { desired: { led: "on", level: 1 } }, version: 4 });
    expect(JSON.parse((await device.nextMessage()).text)).toMatchObject({ state: { level: 1 }, version: 4 });
    expect((await history())[0]).toMatchObject({ version: 4, author: user.userId, desired: { led: "on", level: 1 } });
    expect((await user.post(`${path}/revert`, { version: 0 })).body.state).toEqual({ reported: { led: "on" } });
    expect(await user.post(`${path}/revert`, { version: 9 })).toMatchObject({ status: 404 });
    for (let i = 0; i < 25; i++) await user.patch(path, { state: { desired: { i } } });
    const versions = (await history()).map(({ version }: { version: number }) => version);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, i) => 30 - i));
    expect(await user.post(`${path}/revert`, { version: 10 })).toMatchObject({ status: 404 });
    expect((await user.post(`${path}/revert`, { version: 11 })).body.state.desired).toEqual({ i: 5 });
    await user.delete(path);
    expect(await history()).toEqual([]);
  });

  it("tells who is connected, under both names, also that the API accepted", async () => {
    const id = await user.addDevice();
    const app = await openClient(`/mqtt/${(await user.post(`/v1/devices/${id}/credentials`)).body.hubKey}`);
    await app.connect({ password: await user.appJwt() });
    await app.subscribe(`devices/${id}/shadow/#`, `$aws/things/${id}/shadow/#`);
    await user.patch(`/v1/devices/${id}/shadow`, { state: { desired: { a: 1 } } });
    const topics = [];
    for (let i = 0; i < 6; i++) topics.push((await app.nextMessage()).topic);
    const ends = ["update/accepted", "update/documents", "update/delta"];
    expect(topics).toEqual(ends.flatMap((end) => [`devices/${id}/shadow/${end}`, `$aws/things/${id}/shadow/${end}`]));
    await user.delete(`/v1/devices/${id}/shadow`);
    expect(await app.nextMessage()).toMatchObject({ topic: `devices/${id}/shadow/delete/accepted` });
  });
});

describe("a hub that never ran", () => {
  it("is not started by looking, and is by configuring a device before it ever connects", async () => {
    const own = await createUser();
    const id = await own.addDevice();
    const path = `/v1/devices/${id}/shadow`;
    expect((await own.get(path)).body).toMatchObject({ state: {}, version: 0 });
    expect((await own.get(`/v1/devices/${id}/shadows`)).body).toEqual({ items: [] });
    expect((await own.get(`${path}/history`)).body).toEqual({ items: [] });
    expect((await own.delete(path)).status).toBe(204);
    expect((await own.post(`${path}/revert`, { version: 3 })).status).toBe(404);
    expect(await startedAt(own)).toBeNull();
    await own.patch(path, { state: { desired: { led: "on" } } });
    expect(await startedAt(own)).toBeTypeOf("number");
    const { body } = await own.post(`/v1/devices/${id}/credentials`);
    const device = await openClient(new URL(body.mqttUrl).pathname);
    await device.connect({ password: body.credential });
    await device.subscribe(`devices/${id}/shadow/update/delta`);
    expect(JSON.parse((await device.nextMessage()).text)).toMatchObject({ state: { led: "on" } });
  });

  it("of a deleted device nothing is left", async () => {
    const own = await createUser();
    const id = await own.addDevice();
    await own.post(`/v1/devices/${id}/credentials`);
    await own.patch(`/v1/devices/${id}/shadow`, { state: { desired: { led: "on" } } });
    await own.delete(`/v1/devices/${id}`);
    expect(await own.get(`/v1/devices/${id}/shadow`)).toMatchObject({ status: 404 });
    const ref = { deviceId: id, name: null };
    expect(await hubStub(env.USER_HUB, own.hubId).shadowHistory(ref)).toEqual({ ok: true, value: "[]" });
  });

  it("somebody else's device does not exist", async () => {
    const id = await user.addDevice();
    const stranger = await createUser();
    const answer = await call("PATCH", `/v1/devices/${id}/shadow`, { token: stranger.token, body: { state: {} } });
    expect(answer).toMatchObject({ status: 404, body: { error: { message: "There is no such device." } } });
  });
});
