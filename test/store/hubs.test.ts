// The list a hub reads when it first runs.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { deletedVersion } from "../../src/domain/credentials.ts";
import { newId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";

const { hubs } = openStore(env);
const noGrants = { publish: [], subscribe: [] };
const about = { name: "Lamp", model: null, tags: [], checkInSeconds: null };

describe("the list of a hub", () => {
  it("holds devices with a credential and app tokens that have not expired, of this hub alone", async () => {
    const [user, other] = [await createUser(), await createUser()];
    const grants = { publish: ["a/#"], subscribe: ["b/+"] };
    const [live, revoked, bare, foreign] = [
      await user.addDevice({ grants }),
      await user.addDevice(),
      await user.addDevice(),
      await other.addDevice(),
    ];
    for (const id of [live, revoked]) await user.post(`/v1/devices/${id}/credentials`);
    await user.post(`/v1/devices/${live}/credentials`);
    await user.delete(`/v1/devices/${revoked}/credentials`);
    await other.post(`/v1/devices/${foreign}/credentials`);
    const lasting = await user.addAppToken();
    const expiring = await user.addAppToken({ expiresInDays: 1 });

    const now = Date.now();
    const list = await hubs.listCredentials(user.hubId, now);
    expect(list).toEqual([
      { subject: live, version: 3, gen: 2, grants, about },
      { subject: lasting.id, version: 1, gen: 1, grants: noGrants },
      { subject: expiring.id, version: 1, gen: 1, grants: noGrants },
    ]);
    expect(list.map(({ subject }) => subject)).not.toContain(bare);
    const tomorrow = await hubs.listCredentials(user.hubId, now + 2 * 86_400_000);
    expect(tomorrow.map(({ subject }) => subject)).toEqual([live, lasting.id]);
  });

  it("is complete for thousands of devices", async () => {
    const hubId = newId("hub");
    const count = 2500;
    const rows = Array.from(
      { length: count },
      (_, i) =>
        `('dev_many${hubId}${i}', 'usr_many', '${hubId}', 'n', 'n', '[]', '{}', '{"publish":[],"subscribe":[]}', 1, 1, 2, 0, 0)`,
    );
    for (let start = 0; start < count; start += 500) {
      await queryDatabase(
        `insert into devices (id, user_id, hub_id, name, name_key, tags, attributes, grants, last_gen, gen, version, created_at, updated_at)
         values ${rows.slice(start, start + 500).join(",")}`,
      );
    }
    const list = await hubs.listCredentials(hubId, Date.now());
    expect(list).toHaveLength(count);
    expect(new Set(list.map(({ subject }) => subject)).size).toBe(count);
  });

  it("is empty for a hub nobody knows", async () => {
    expect(await hubs.listCredentials(newId("hub"), Date.now())).toEqual([]);
  });
});

describe("what a hub has to know of some credentials", () => {
  it("is their present state, however many they are; what has no row is deleted", async () => {
    const user = await createUser();
    const [live, bare] = [await user.addDevice(), await user.addDevice()];
    await user.post(`/v1/devices/${live}/credentials`);
    const token = await user.addAppToken();
    const unknown = Array.from({ length: 200 }, (_, i) => `dev_unknown${i}`);
    const states = await hubs.credentialStates([live, ...unknown, bare, token.id]);
    expect(states).toHaveLength(203);
    const stateOf = (id: string) => states.find(({ subject }) => subject === id);
    expect(stateOf(live)).toEqual({ subject: live, version: 2, gen: 1, grants: noGrants, about });
    expect(stateOf(bare)).toEqual({ subject: bare, version: 1, gen: null, grants: noGrants, about });
    expect(stateOf(token.id)).toEqual({ subject: token.id, version: 1, gen: 1, grants: noGrants });
    expect(stateOf("dev_unknown7")).toEqual({
      subject: "dev_unknown7",
      version: deletedVersion,
      gen: null,
      grants: noGrants,
    });
    expect(await hubs.credentialStates([])).toEqual([]);
  });
});

describe("a hub", () => {
  it("starts once", async () => {
    const user = await createUser();
    expect(await hubs.ofUser(user.userId)).toEqual({ id: user.hubId, userId: user.userId, startedAt: null });
    await hubs.markStarted(user.hubId, 5);
    await hubs.markStarted(user.hubId, 6);
    expect(await hubs.ofUser(user.userId)).toMatchObject({ startedAt: 5 });
  });

  it("is made for a user who has none, and only once", async () => {
    const user = await createUser();
    await queryDatabase("delete from hubs where id = ?", user.hubId);
    const made = await Promise.all(
      ["a", "b", "c"].map((name) => hubs.ensure(user.userId, `hub_${name}${user.userId}`, 1)),
    );
    expect(new Set(made.map((hub) => hub?.id)).size).toBe(1);
    expect(await user.get("/v1/devices")).toMatchObject({ status: 200 });
    expect(await hubs.ensure(newId("usr"), newId("hub"), 1)).toBeNull();
  });
});
