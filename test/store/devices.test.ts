// Devices as the store keeps them, on whichever database this project runs.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { NewDevice } from "../../src/store/store.ts";
import { createUser, type TestUser } from "../support/api.ts";
import { newNotice } from "../support/notices.ts";

const { devices, outbox } = openStore(env);
const noGrants = { publish: [], subscribe: [] };

function deviceOf({ userId, hubId }: TestUser, fields: Partial<NewDevice> = {}): NewDevice {
  return {
    id: newId("dev"),
    userId,
    hubId,
    name: "Lamp",
    model: null,
    tags: [],
    attributes: {},
    grants: noGrants,
    checkInSeconds: null,
    createdAt: 1_795_000_000_000,
    ...fields,
  };
}

async function stored(user: TestUser, fields: Partial<NewDevice> = {}) {
  const device = deviceOf(user, fields);
  await devices.create(device);
  return { device, ref: { userId: user.userId, deviceId: device.id } };
}

describe("a device", () => {
  it("comes back as it was stored, whatever is in it", async () => {
    const text = `"'\\ %_ \u{1F4A1} ﬁ ÄÖ \u0000 -- /* ? :x \${y}`;
    const fields = {
      name: `L${text}`.replace("\u0000", ""),
      model: "m/1",
      tags: ["b", "a", "ä"],
      attributes: { [text]: text, half: 0.5, big: 9_007_199_254_740_991, yes: true },
      grants: { publish: ["a/#"], subscribe: ["+/b"] },
    };
    const { device, ref } = await stored(await createUser(), fields);
    expect(await devices.find(ref)).toEqual({ ...device, gen: null, version: 1, updatedAt: device.createdAt });
  });

  it("holds as much as the API accepts", async () => {
    const wide = "\u{1F4A1}";
    const attributes = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`${i}`.padEnd(62, "k") + wide, wide.repeat(250)]),
    );
    const filters = Array.from({ length: 20 }, () => wide.repeat(128));
    const fields = {
      name: wide.repeat(50),
      model: wide.repeat(50),
      attributes,
      grants: { publish: filters, subscribe: filters },
      tags: Array.from({ length: 20 }, (_, i) => `${i}`.padStart(2) + wide.repeat(24)).map((tag) => tag.trim()),
    };
    const { device, ref } = await stored(await createUser(), fields);
    expect(await devices.find(ref)).toMatchObject({ ...device });
  });

  it("is stored once", async () => {
    const { device } = await stored(await createUser(), { tags: ["x"] });
    await expect(devices.create({ ...device, tags: [] })).rejects.toMatchObject({ code: "conflict" });
    expect(await devices.find({ userId: device.userId, deviceId: device.id })).toMatchObject({ tags: ["x"] });
  });

  it("is another one if its id differs in case", async () => {
    const { device, ref } = await stored(await createUser());
    const upper = { ...ref, deviceId: ref.deviceId.toUpperCase() };
    expect(await devices.find(upper)).toBeNull();
    await devices.create({ ...device, id: upper.deviceId });
    expect((await devices.find(upper))?.id).toBe(upper.deviceId);
  });

  it("is nobody else's", async () => {
    const { ref } = await stored(await createUser());
    const foreign = { ...ref, userId: (await createUser()).userId };
    expect(await devices.find(foreign)).toBeNull();
    expect(await devices.update(foreign, { name: "Mine" }, newNotice())).toBeNull();
    expect(await devices.update(foreign, { tags: ["mine"] }, newNotice())).toBeNull();
    expect(await devices.issueCredential(foreign, newNotice())).toBeNull();
    expect(await devices.revokeCredentials(foreign, newNotice())).toBeNull();
    expect(await devices.delete(foreign, newNotice())).toBeNull();
    expect(await devices.find(ref)).toMatchObject({ name: "Lamp", gen: null, version: 1, tags: [] });
  });
});

describe("a change of a device", () => {
  it("touches the given fields alone and counts", async () => {
    const { device, ref } = await stored(await createUser(), { tags: ["a", "b"], model: "m" });
    const changed = await devices.update(ref, { name: "Tür", tags: ["b", "c"] }, newNotice({ now: 7 }));
    const expected = { ...device, name: "Tür", tags: ["b", "c"], gen: null, version: 2, updatedAt: 7 };
    expect(changed).toEqual({ device: expected, noticed: false });
    expect(await devices.find(ref)).toEqual(expected);
    expect(await devices.update(ref, { checkInSeconds: 900 }, newNotice({ now: 8 }))).toMatchObject({
      device: { checkInSeconds: 900 },
    });
    expect(await devices.update(ref, { model: null, checkInSeconds: null }, newNotice({ now: 8 }))).toMatchObject({
      device: { model: null, version: 4, updatedAt: 8, tags: ["b", "c"] },
    });
  });

  it("that changes nothing counts too", async () => {
    const { ref } = await stored(await createUser());
    const notice = newNotice({ now: 7 });
    await devices.update(ref, { name: "Lamp" }, notice);
    expect(await devices.update(ref, { name: "Lamp" }, notice)).toMatchObject({ device: { version: 3 } });
  });

  it("gives every credential the next generation, and revoking none", async () => {
    const { ref } = await stored(await createUser());
    for (const gen of [1, 2, 3]) {
      expect(await devices.issueCredential(ref, newNotice())).toMatchObject({ device: { gen, version: gen + 1 } });
    }
    expect(await devices.revokeCredentials(ref, newNotice())).toMatchObject({ device: { gen: null, version: 5 } });
    expect(await devices.issueCredential(ref, newNotice())).toMatchObject({ device: { gen: 4, version: 6 } });
  });

  it("is not lost among others at the same time", async () => {
    const { ref } = await stored(await createUser());
    const changes = await Promise.all(Array.from({ length: 12 }, () => devices.issueCredential(ref, newNotice())));
    expect(new Set(changes.map((change) => change?.device.gen)).size).toBe(12);
    expect(await devices.find(ref)).toMatchObject({ gen: 12, version: 13 });
  });
});

describe("a notice to the hub", () => {
  it("is committed with what the hub has to know, once it runs", async () => {
    const user = await createUser();
    const { ref } = await stored(user);
    expect(await devices.issueCredential(ref, newNotice())).toMatchObject({ noticed: false });
    await user.markHubStarted();
    const changes = [
      () => devices.issueCredential(ref, newNotice()),
      () => devices.update(ref, { grants: { publish: ["a"], subscribe: [] } }, newNotice()),
      () => devices.update(ref, { name: "New" }, newNotice()),
      () => devices.update(ref, { tags: ["new"] }, newNotice()),
      () => devices.revokeCredentials(ref, newNotice()),
      () => devices.delete(ref, newNotice()),
    ];
    for (const change of changes) expect(await change()).toMatchObject({ noticed: true });
    const due = (await outbox.due(Date.now() + 60_000, 1000)).filter(({ hubId }) => hubId === user.hubId);
    expect(due.map(({ subject, attempts }) => ({ subject, attempts }))).toEqual(
      Array.from({ length: 6 }, () => ({ subject: ref.deviceId, attempts: 0 })),
    );
  });

  it("is not made for what it need not know, nor for what did not happen", async () => {
    const user = await createUser();
    await user.markHubStarted();
    const { ref } = await stored(user);
    expect(await devices.update(ref, { attributes: { a: 1 } }, newNotice())).toMatchObject({ noticed: false });
    await devices.delete(ref, newNotice());
    expect(await devices.delete(ref, newNotice())).toBeNull();
    expect(await devices.issueCredential(ref, newNotice())).toBeNull();
  });
});

describe("the list of devices", () => {
  it("goes in order of creation, page by page, filtered by tag and part of the name in any case", async () => {
    const user = await createUser();
    const names = ["Küche", "100%", "a_b", "flur", "KÜCHE 2"];
    for (const [i, name] of names.entries()) {
      await stored(user, { id: newId("dev", 1_795_000_000_000 + i), name, tags: i % 2 ? ["odd", "Odd"] : ["even"] });
    }
    await stored(await createUser(), { name: "Küche", tags: ["odd"] });
    const query = { userId: user.userId, cursor: null, limit: 2, name: null, tag: null };
    const first = await devices.list(query);
    expect(first.items.map(({ name }) => name)).toEqual(["Küche", "100%"]);
    const second = await devices.list({ ...query, cursor: first.nextCursor });
    const third = await devices.list({ ...query, cursor: second.nextCursor });
    expect([...second.items, ...third.items].map(({ name }) => name)).toEqual(["a_b", "flur", "KÜCHE 2"]);
    expect(third.nextCursor).toBeNull();

    const found = async (fields: { name?: string; tag?: string }) =>
      (await devices.list({ ...query, limit: 9, ...fields })).items.map(({ name }) => name);
    expect(await found({ name: "kÜche" })).toEqual(["Küche", "KÜCHE 2"]);
    expect(await found({ name: "%" })).toEqual(["100%"]);
    expect(await found({ name: "_" })).toEqual(["a_b"]);
    expect(await found({ tag: "odd" })).toEqual(["100%", "flur"]);
    expect(await found({ tag: "Odd", name: "lu" })).toEqual(["flur"]);
    expect(await found({ tag: "ODD" })).toEqual([]);
    const tagged = await devices.list({ ...query, limit: 1, tag: "odd" });
    expect((await devices.list({ ...query, tag: "odd", cursor: tagged.nextCursor })).items).toHaveLength(1);
  });
});
