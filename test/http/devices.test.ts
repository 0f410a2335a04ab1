import { beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { createUser, type TestUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";

const grants = { publish: ["homeassistant/#"], subscribe: ["tele/+/state"] };
const lamp = {
  name: "Lamp",
  model: "L-1",
  tags: ["hall", "light"],
  attributes: { floor: 1, dim: true, at: "door" },
  grants,
};

describe("registering a device", () => {
  it("answers with the device", async () => {
    const user = await createUser();
    const { status, body } = await user.post("/v1/devices", lamp);
    expect(status).toBe(201);
    expect(body).toEqual({
      ...lamp,
      id: expect.stringMatching(/^dev_[0-9a-z]{20}$/),
      checkInSeconds: null,
      hasCredential: false,
      createdAt: expect.any(Number),
      updatedAt: body.createdAt,
    });
    expect(await user.get(`/v1/devices/${body.id}`)).toMatchObject({ status: 200, body });
  });

  it("needs a name alone, and trims it", async () => {
    const user = await createUser();
    const { body } = await user.post("/v1/devices", { name: "  Lamp\u00a0 " });
    expect(body).toMatchObject({
      name: "Lamp",
      model: null,
      tags: [],
      attributes: {},
      grants: { publish: [], subscribe: [] },
    });
  });

  it.each([
    ["no name", {}, "name"],
    ["an empty name", { name: "  " }, "name"],
    ["a long name", { name: "n".repeat(101) }, "name"],
    ["a line break in the name", { name: "a\nb" }, "name"],
    ["half a character in the name", { name: "a\ud800" }, "name"],
    ["a number for a name", { name: 5 }, "name"],
    ["too many tags", { name: "a", tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, "tags"],
    ["a tag twice", { name: "a", tags: ["x", "x "] }, "tags"],
    ["a nested attribute", { name: "a", attributes: { deep: { er: 1 } } }, "attributes.deep"],
    ["a null attribute", { name: "a", attributes: { none: null } }, "attributes.none"],
    ["a long attribute", { name: "a", attributes: { text: "t".repeat(501) } }, "attributes.text"],
    ["a wildcard inside a level", { name: "a", grants: { publish: ["a/b#"] } }, "grants.publish.0"],
    ["a shared subscription", { name: "a", grants: { subscribe: ["$share/g/a"] } }, "grants.subscribe.0"],
    ["an unknown field", { name: "a", colour: "red" }, "colour"],
    ["an unknown grant", { name: "a", grants: { read: ["#"] } }, "read"],
    ["a list", [], "body"],
    ["nothing", null, "body"],
  ])("refuses %s and names the field", async (_, body, field) => {
    const user = await createUser();
    const answer = await user.post("/v1/devices", body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "bad_request" } } });
    expect(answer.body.error.message).toContain(field);
  });
});

describe("changing a device", () => {
  it("changes the given fields alone", async () => {
    const user = await createUser();
    const { body: before } = await user.post("/v1/devices", lamp);
    const path = `/v1/devices/${before.id}`;
    expect((await user.patch(path, { name: "Big lamp" })).body).toMatchObject({ ...lamp, name: "Big lamp" });
    expect((await user.patch(path, { model: null })).body).toMatchObject({ ...lamp, name: "Big lamp", model: null });
    expect((await user.patch(path, { tags: ["attic"], attributes: {} })).body).toMatchObject({
      name: "Big lamp",
      tags: ["attic"],
      attributes: {},
      grants,
    });
    const { body: after } = await user.patch(path, {});
    expect(after).toEqual({
      ...before,
      name: "Big lamp",
      model: null,
      tags: ["attic"],
      attributes: {},
      updatedAt: after.updatedAt,
    });
    expect((await user.get("/v1/devices?tag=attic")).body.items).toHaveLength(1);
    expect((await user.get("/v1/devices?tag=hall")).body.items).toHaveLength(0);
    expect((await user.get("/v1/devices?name=BIG")).body.items).toHaveLength(1);
  });

  it("refuses a name of null", async () => {
    const user = await createUser();
    const id = await user.addDevice();
    expect(await user.patch(`/v1/devices/${id}`, { name: null })).toMatchObject({ status: 400 });
  });
});

describe("deleting a device", () => {
  it("leaves nothing behind", async () => {
    const user = await createUser();
    const id = await user.addDevice({ tags: ["hall"] });
    expect(await user.delete(`/v1/devices/${id}`)).toMatchObject({ status: 204, body: null });
    expect(await user.get(`/v1/devices/${id}`)).toMatchObject({ status: 404 });
    expect(await user.delete(`/v1/devices/${id}`)).toMatchObject({ status: 404 });
    expect((await user.get("/v1/devices?tag=hall")).body.items).toEqual([]);
    expect(await queryDatabase("select tag from device_tags where device_id = ?", id)).toEqual([]);
  });
});

describe("a device of somebody else", () => {
  it.each([
    ["GET", ""],
    ["PATCH", ""],
    ["DELETE", ""],
    ["POST", "/credentials"],
    ["DELETE", "/credentials"],
    ["POST", "/messages"],
    ["GET", "/presence"],
  ])("is as unknown as one that never was: %s %s", async (method, suffix) => {
    const [owner, stranger] = [await createUser(), await createUser()];
    const id = await owner.addDevice({ tags: ["mine"] });
    const bodies: Record<string, unknown> = {
      PATCH: { name: "Mine", tags: ["theirs"] },
      POST: { topic: "set/a", payload: "" },
    };
    const attempt = (deviceId: string) =>
      stranger.call(method, `/v1/devices/${deviceId}${suffix}`, {
        body: bodies[method],
        headers: { "x-request-id": "same" },
      });
    const [foreign, unknown] = [await attempt(id), await attempt(newId("dev"))];
    expect(foreign.status).toBe(404);
    expect(foreign.body).toEqual(unknown.body);
    expect((await owner.get(`/v1/devices/${id}`)).body).toMatchObject({
      name: "Lamp",
      tags: ["mine"],
      hasCredential: false,
    });
    expect(await queryDatabase("select tag from device_tags where device_id = ?", id)).toEqual([{ tag: "mine" }]);
  });
});

describe("listing devices", () => {
  let user: TestUser;
  beforeAll(async () => {
    user = await createUser();
    for (let i = 0; i < 7; i++) await user.addDevice({ name: `Lamp ${i}`, tags: i % 2 ? ["odd", "all"] : ["all"] });
    for (const name of ["100% wool", "under_score", "ÄRGER", "back\\slash"]) await user.addDevice({ name });
    await (await createUser()).addDevice({ name: "Lamp of others", tags: ["all"] });
  });

  async function allPages(query: string): Promise<string[]> {
    const names: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { status, body } = await user.get(`/v1/devices?${query}${cursor && `&cursor=${cursor}`}`);
      expect(status).toBe(200);
      names.push(...body.items.map(({ name }: { name: string }) => name));
      cursor = body.nextCursor;
    }
    return names;
  }

  it.each([1, 2, 3, 7, 11, 50])("is complete and without duplicates in pages of %i", async (limit) => {
    const names = await allPages(`limit=${limit}`);
    expect(names).toHaveLength(11);
    expect(new Set(names).size).toBe(11);
    expect(await allPages(`limit=${limit}&tag=all`)).toEqual(Array.from({ length: 7 }, (_, i) => `Lamp ${i}`));
  });

  it.each([
    ["name=lAmP", 7],
    ["name=mp%203", 1],
    ["name=%25", 1],
    ["name=_", 1],
    ["name=%5C", 1],
    ["name=%C3%A4rg", 1],
    ["name=nothing", 0],
    ["tag=odd", 3],
    ["tag=od", 0],
    ["tag=ODD", 0],
    ["tag=odd&name=5", 1],
    ["tag=odd&name=4", 0],
  ])("filters %s", async (query, count) => {
    expect(await allPages(query)).toHaveLength(count);
    expect(await allPages(`${query}&limit=1`)).toHaveLength(count);
  });

  it.each(["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=dev_'or1=1", "name=", "tag="])(
    "refuses %s",
    async (query) => {
      expect(await user.get(`/v1/devices?${query}`)).toMatchObject({ status: 400 });
    },
  );
});
