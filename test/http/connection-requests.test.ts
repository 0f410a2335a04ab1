// Requests about connections before they reach a hub: which are refused, which hub is asked, and what of one that does not answer.
import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { createUser } from "../support/api.ts";

afterEach(() => vi.restoreAllMocks());

describe("asking for connections", () => {
  it.each(["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=con_'or1=1", `deviceId=${"x".repeat(65)}`])(
    "refuses %s",
    async (query) => {
      const answer = await (await createUser()).get(`/v1/connections?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { error: { code: "bad_request" } } });
      expect(answer.body.error.message).toContain(query.split("=")[0]);
    },
  );

  /** A hub that records what it is asked; `failing`: it does not answer. */
  function recordedHub(failing = false) {
    const asked: unknown[][] = [];
    const answer = async (...args: unknown[]) => {
      asked.push(args);
      if (failing) throw new Error("Network connection lost.");
      return { ok: true, value: { items: [], nextCursor: null } };
    };
    const USER_HUB = {
      getByName: (name: string) => ({
        connections: (...args: unknown[]) => answer(name, ...args),
        endConnection: (...args: unknown[]) => answer(name, ...args),
      }),
    } as unknown as Env["USER_HUB"];
    return { asked, bindings: { USER_HUB } };
  }

  it("does not ask, and so does not create, a hub that never ran", async () => {
    const user = await createUser();
    const { asked, bindings } = recordedHub();
    const listed = await user.call("GET", "/v1/connections", { bindings });
    expect(listed).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
    expect(await user.call("DELETE", `/v1/connections/${newId("con")}`, { bindings })).toMatchObject({ status: 404 });
    expect(asked).toEqual([]);
    await user.markHubStarted();
    await user.call("GET", "/v1/connections", { bindings });
    expect(asked).toHaveLength(1);
  });

  it("takes limit, cursor, device and the request's id to the hub", async () => {
    const user = await createUser();
    await user.markHubStarted();
    const { asked, bindings } = recordedHub();
    const [id, deviceId] = [newId("con"), newId("dev")];
    const options = { bindings, headers: { "x-request-id": "mine-1" } };
    await user.call("GET", "/v1/connections", options);
    await user.call("GET", `/v1/connections?limit=7&cursor=${id}&deviceId=${deviceId}`, options);
    await user.call("DELETE", `/v1/connections/${id}`, options);
    const name = `${user.hubId}.1`;
    const mine = { requestId: "mine-1", key: "apps", isRequest: true, operations: expect.anything() };
    expect(asked).toEqual([
      [name, { after: null, limit: 50, deviceId: null }, mine],
      [name, { after: id, limit: 7, deviceId }, mine],
      [name, id, mine],
    ]);
  });

  it.each([
    ["GET", "/v1/connections"],
    ["DELETE", "/v1/connections/con_x"],
  ])("says so when the hub does not answer: %s", async (method, path) => {
    const user = await createUser();
    await user.markHubStarted();
    vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await user.call(method, path, { bindings: recordedHub(true).bindings });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(answer.headers.get("retry-after")).toBe("1");
  });
});
