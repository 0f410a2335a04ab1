// App tokens and outbox rows as the store keeps them, on whichever database this project runs.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createUser, type TestUser } from "../support/api.ts";
import { newNotice } from "../support/notices.ts";

const { appTokens, hubs, outbox } = openStore(env);

function tokenOf({ userId, hubId }: TestUser, fields: { id?: string; expiresAt?: number } = {}) {
  return { id: newId("tok"), userId, hubId, name: "script", grants: null, expiresAt: null, createdAt: 5, ...fields };
}

describe("an app token", () => {
  it("is found until it is deleted, by its owner", async () => {
    const [user, other] = [await createUser(), await createUser()];
    const token = tokenOf(user, { expiresAt: 1_900_000_000_000 });
    expect(await appTokens.create(token, newNotice())).toEqual({ created: true, noticed: false });
    expect(await appTokens.find(token.id)).toEqual(token);
    await expect(appTokens.create(token, newNotice())).rejects.toMatchObject({ code: "conflict" });
    expect(await appTokens.delete({ userId: other.userId, tokenId: token.id }, newNotice())).toBeNull();
    const ref = { userId: user.userId, tokenId: token.id };
    expect(await appTokens.delete(ref, newNotice())).toEqual({ deleted: true, noticed: false });
    expect(await appTokens.delete(ref, newNotice())).toBeNull();
    expect(await appTokens.find(token.id)).toBeNull();
  });

  it("is listed in order, page by page", async () => {
    const user = await createUser();
    const tokens = [1, 2, 3].map((i) => tokenOf(user, { id: newId("tok", 1_795_000_000_000 + i) }));
    for (const token of tokens) await appTokens.create(token, newNotice());
    const query = { userId: user.userId, limit: 2 };
    const first = await appTokens.list({ ...query, cursor: null });
    const second = await appTokens.list({ ...query, cursor: first.nextCursor });
    expect([...first.items, ...second.items]).toEqual(tokens);
    expect(second.nextCursor).toBeNull();
  });

  it("has a name for its owner, also when many are asked for at once", async () => {
    const [user, other] = [await createUser(), await createUser()];
    const [own, foreign] = [tokenOf(user), tokenOf(other)];
    for (const token of [own, foreign]) await appTokens.create(token, newNotice());
    const unknown = Array.from({ length: 198 }, () => newId("tok"));
    const names = await appTokens.namesOf({ userId: user.userId, tokenIds: [foreign.id, ...unknown, own.id] });
    expect([...names]).toEqual([[own.id, "script"]]);
    expect(await appTokens.namesOf({ userId: user.userId, tokenIds: [] })).toEqual(new Map());
  });

  it("is a matter of the hub once that runs", async () => {
    const user = await createUser();
    await user.markHubStarted();
    const token = tokenOf(user);
    expect(await appTokens.create(token, newNotice())).toMatchObject({ noticed: true });
    const deleted = await appTokens.delete({ userId: user.userId, tokenId: token.id }, newNotice());
    expect(deleted).toMatchObject({ noticed: true });
    expect(await hubs.credentialStates([token.id])).toMatchObject([{ subject: token.id, gen: null }]);
  });
});

describe("the outbox", () => {
  it("gives what is due, oldest first, counts attempts and forgets what is done", async () => {
    const user = await createUser();
    await user.markHubStarted();
    // Before anything that other tests leave behind.
    const notices = [3, 1, 2].map((retryAt) => newNotice({ retryAt: retryAt - 1_000_000 }));
    for (const notice of notices) await appTokens.create(tokenOf(user), notice);
    const due = async (now: number) =>
      (await outbox.due(now, 10)).filter(({ hubId }) => hubId === user.hubId).map(({ id, attempts }) => [id, attempts]);
    const [third, first, second] = notices.map(({ id }) => id);
    expect(await due(2 - 1_000_000)).toEqual([
      [first, 0],
      [second, 0],
    ]);
    expect(await outbox.due(3 - 1_000_000, 1)).toMatchObject([{ id: first }]);
    await outbox.postpone([]);
    await outbox.postpone([
      { id: first ?? "", nextAttemptAt: 4 - 1_000_000 },
      { id: second ?? "", nextAttemptAt: 5 - 1_000_000 },
    ]);
    expect(await due(4 - 1_000_000)).toEqual([
      [third, 0],
      [first, 1],
    ]);
    await outbox.delete(notices.map(({ id }) => id));
    expect(await due(9 - 1_000_000)).toEqual([]);
  });
});
