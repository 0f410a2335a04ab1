// People as the store keeps them, beside what better-auth does through its adapter (test/http/people.test.ts).
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";

const { hubs, people, schema } = openStore(env);

function outsidePerson(fields: { accountId?: string; email?: string } = {}) {
  const userId = newId("usr");
  return {
    userId,
    accountId: newId("acc"),
    issuer: "https://issuer.example/realm",
    subject: newId("sub"),
    email: `${userId}@example.com`,
    emailVerified: true,
    name: "Ada",
    createdAt: 1_795_000_000_000,
    ...fields,
  };
}

describe("a person of an outside issuer", () => {
  it("is found with the hub, once there is one", async () => {
    const person = outsidePerson();
    await people.createOutside(person);
    expect(await people.findOutside(person.accountId)).toEqual({ userId: person.userId, hubId: null });
    const hub = await hubs.ensure(person.userId, newId("hub"), 1);
    expect(await people.findOutside(person.accountId)).toEqual({ userId: person.userId, hubId: hub?.id });
    expect(await people.findOutside(newId("acc"))).toBeNull();
  });

  it("is made whole or not at all", async () => {
    const person = outsidePerson();
    await people.createOutside(person);
    const sameAccount = outsidePerson({ accountId: person.accountId });
    await expect(people.createOutside(sameAccount)).rejects.toMatchObject({ code: "conflict" });
    const sameEmail = outsidePerson({ email: person.email });
    await expect(people.createOutside(sameEmail)).rejects.toMatchObject({ code: "conflict" });
    expect(await queryDatabase("select id from users where id = ?", sameAccount.userId)).toEqual([]);
    expect(await people.findOutside(sameEmail.accountId)).toBeNull();
  });
});

describe("a user without a way of signing in", () => {
  it("is removed when old enough, with sessions; one with an account is not", async () => {
    const [unfinished, finished] = [await createUser(), outsidePerson()];
    await people.createOutside(finished);
    await people.removeUnfinished(unfinished.email, 1);
    expect(await queryDatabase("select id from users where id = ?", unfinished.userId)).toHaveLength(1);
    for (const email of [unfinished.email, finished.email]) await people.removeUnfinished(email, Date.now() + 1);
    expect(await queryDatabase("select id from users where id = ?", unfinished.userId)).toEqual([]);
    expect(await queryDatabase("select id from sessions where user_id = ?", unfinished.userId)).toEqual([]);
    expect(await queryDatabase("select id from users where id = ?", finished.userId)).toHaveLength(1);
  });
});

describe("the schema", () => {
  it("is up to date", async () => {
    await expect(schema.check()).resolves.toBeUndefined();
  });
});
