// Configurations over HTTP.
import { beforeAll, describe, expect, it } from "vitest";
import { createUser, type TestUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";

let user: TestUser;
beforeAll(async () => {
  user = await createUser();
});

/** A device that the hub knows, in this place. */
async function addDevice(place: { model?: string; tags?: string[] }): Promise<string> {
  const id = await user.addDevice();
  await user.patch(`/v1/devices/${id}`, place);
  await user.post(`/v1/devices/${id}/credentials`, {});
  return id;
}

const desiredOf = async (id: string) => (await user.get(`/v1/devices/${id}/shadow`)).body.state.desired;

describe("configurations over HTTP", () => {
  it("are made, changed at their version, rolled back and deleted, and devices follow", async () => {
    const id = await addDevice({ tags: ["garden"] });
    const made = await user.post("/v1/configurations", { kind: "tag", key: "garden", desired: { led: "on" } });
    expect(made).toMatchObject({
      status: 201,
      body: { shadowName: null, schema: null, version: 1, author: user.userId, desired: { led: "on" } },
    });
    expect(made.headers.get("etag")).toBe('"1"');
    expect(await desiredOf(id)).toEqual({ led: "on" });
    const path = `/v1/configurations/${made.body.id}`;
    const change = (match: string, led: string) =>
      user.call("PATCH", path, { headers: { "if-match": match }, body: { desired: { led } } });
    expect(await change('"1"', "off")).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await change('"2"', "off")).toMatchObject({ status: 200, body: { version: 2 } });
    const late = await change('"1"', "red");
    expect(late).toMatchObject({ status: 412, body: { current: { version: 2, desired: { led: "off" } } } });
    expect(late.headers.get("etag")).toBe('"2"');
    expect(await desiredOf(id)).toEqual({ led: "off" });
    expect((await user.get(`${path}/status`)).body).toMatchObject({ devices: 1, differing: { deviceIds: [id] } });
    expect(await user.post(`${path}/rollback`, { version: 1 })).toMatchObject({ status: 200, body: { version: 3 } });
    expect(await desiredOf(id)).toEqual({ led: "on" });
    const shadow = (await user.get(`/v1/devices/${id}/shadow/history`)).body;
    expect(shadow.items[0]).toMatchObject({ author: user.userId, configurationId: made.body.id });
    const { items } = (await user.get(`${path}/history`)).body;
    expect(items.map((each: { version: number }) => each.version)).toEqual([3, 2, 1]);
    expect(await user.post(`${path}/rollback`, { version: 9 })).toMatchObject({ status: 404 });
    expect((await user.delete(path)).status).toBe(204);
    expect(await user.get(path)).toMatchObject({ status: 404 });
    expect(await desiredOf(id)).toBeUndefined();
    await user.post("/v1/configurations", { kind: "tag", key: "attic", desired: { led: "off" } });
    await user.patch(`/v1/devices/${id}`, { tags: ["attic"] });
    const [last] = (await user.get(`/v1/devices/${id}/shadow/history`)).body.items;
    expect(last).toMatchObject({ author: user.userId, configurationId: expect.stringMatching(/^cfg_/) });
  });

  it("refuse what a schema does not allow, in the shadow, in a configuration and by another place", async () => {
    const id = await addDevice({ model: "lamp" });
    const schema = { properties: { led: { enum: ["on", "off"] } } };
    const model = { kind: "model", key: "lamp", desired: {}, schema };
    expect(await user.post("/v1/configurations", model)).toMatchObject({ status: 201 });
    expect(await user.post("/v1/configurations", model)).toMatchObject({ status: 409 });
    const refused = (named: RegExp) => ({
      status: 400,
      body: { error: { code: "bad_request", message: expect.stringMatching(named) } },
    });
    const set = await user.patch(`/v1/devices/${id}/shadow`, { state: { desired: { led: "red" } } });
    expect(set).toMatchObject(refused(/schema of model lamp: \/led/));
    const red = { kind: "tag", key: "red", desired: { led: "red" } };
    expect(await user.post("/v1/configurations", red)).toMatchObject({ status: 201 });
    const moved = await user.patch(`/v1/devices/${id}`, { tags: ["red"] });
    expect(moved).toMatchObject(refused(new RegExp(`not valid for ${id}: .*/led`)));
    expect((await user.get(`/v1/devices/${id}`)).body.tags).toEqual([]);
    expect(await user.patch(`/v1/devices/${id}`, { tags: ["blue"] })).toMatchObject({ status: 200 });
    const blue = await user.post("/v1/configurations", { ...red, key: "blue" });
    expect(blue).toMatchObject(refused(new RegExp(`not valid for ${id}: `)));
  });

  it("name what is wrong with them", async () => {
    const refused = async (body: object) => {
      const answer = await user.post("/v1/configurations", { kind: "model", key: "a", desired: {}, ...body });
      return [answer.status, answer.body.error?.message];
    };
    expect(await refused({ schema: { type: "objekt" } })).toEqual([400, expect.stringMatching(/^schema: #\/type: /)]);
    expect(await refused({ kind: "tag", schema: {} })).toEqual([400, expect.stringMatching(/^schema: a model alone/)]);
    expect(await refused({ desired: { a: "x".repeat(9000) } })).toEqual([400, expect.stringMatching(/8192 bytes/)]);
    expect(await refused({ desired: { a: [null] } })).toEqual([400, expect.stringMatching(/^desired: /)]);
    expect(await refused({ shadowName: "no/name" })).toEqual([400, expect.stringMatching(/shadowName/)]);
  });

  it("are listed by page, kind and key, and asking starts no hub", async () => {
    const other = await createUser();
    expect((await other.get("/v1/configurations")).body).toEqual({ items: [], nextCursor: null });
    expect(await other.get("/v1/configurations/cfg_x")).toMatchObject({ status: 404 });
    const [row] = await queryDatabase("select started_at from hubs where id = ?", other.hubId);
    expect(row?.started_at ?? null).toBeNull();
    for (const key of ["a", "b"]) await other.post("/v1/configurations", { kind: "tag", key, desired: {} });
    const first = (await other.get("/v1/configurations?limit=1")).body;
    expect(first.items).toMatchObject([{ key: "a" }]);
    const second = (await other.get(`/v1/configurations?limit=1&cursor=${first.nextCursor}`)).body;
    expect(second).toMatchObject({ items: [{ key: "b" }], nextCursor: null });
    expect((await other.get("/v1/configurations?kind=tag&key=b")).body.items).toHaveLength(1);
    expect((await other.get("/v1/configurations?kind=model")).body.items).toEqual([]);
  });
});
