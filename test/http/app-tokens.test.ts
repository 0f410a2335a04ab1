import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { call, createUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";

const dayMs = 86_400_000;

describe("an app token", () => {
  it("is shown once, and opens the API", async () => {
    const user = await createUser();
    const { status, body } = await user.post("/v1/app-tokens", { name: " script " });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^tok_[0-9a-z]{20}$/),
      name: "script",
      grants: null,
      token: expect.any(String),
      hubKey: expect.any(String),
      mqttUrl: `wss://homeport.test/mqtt/${body.hubKey}`,
      createdAt: expect.any(Number),
      expiresAt: null,
    });
    expect(decodeJwt(body.token)).toEqual({ sub: body.id, hub: user.hubId });
    expect(await call("GET", "/v1/devices", { token: body.token })).toMatchObject({ status: 200 });
    const { token: _token, hubKey: _hubKey, mqttUrl: _mqttUrl, ...listed } = body;
    expect((await user.get("/v1/app-tokens")).body).toEqual({ items: [listed], nextCursor: null });
  });

  it("expires", async () => {
    const user = await createUser();
    const { body } = await user.post("/v1/app-tokens", { name: "script", expiresInDays: 2 });
    expect(body.expiresAt - body.createdAt).toBeGreaterThan(2 * dayMs - 1000);
    expect(decodeJwt(body.token).exp).toBe(body.expiresAt / 1000);
    await queryDatabase("update app_tokens set expires_at = 1 where id = ?", body.id);
    expect(await call("GET", "/v1/devices", { token: body.token })).toMatchObject({ status: 401 });
  });

  it("is refused as soon as it is revoked", async () => {
    const user = await createUser();
    const { id, token } = await user.addAppToken();
    expect(await user.delete(`/v1/app-tokens/${id}`)).toMatchObject({ status: 204, body: null });
    expect(await call("GET", "/v1/devices", { token })).toMatchObject({ status: 401 });
    expect(await user.delete(`/v1/app-tokens/${id}`)).toMatchObject({ status: 404 });
  });

  it("of somebody else is as unknown as one that never was", async () => {
    const [owner, stranger] = [await createUser(), await createUser()];
    const { id, token } = await owner.addAppToken();
    for (const tokenId of [id, newId("tok")]) {
      expect(await stranger.delete(`/v1/app-tokens/${tokenId}`)).toMatchObject({
        status: 404,
        body: { error: { message: "There is no such app token." } },
      });
    }
    expect(await call("GET", "/v1/devices", { token })).toMatchObject({ status: 200 });
  });

  it.each([
    {},
    { name: "" },
    { name: "a", expiresInDays: 0 },
    { name: "a", expiresInDays: 1.5 },
    { name: "a", expiresInDays: 4000 },
  ])("is not issued for %j", async (body) => {
    expect(await (await createUser()).post("/v1/app-tokens", body)).toMatchObject({ status: 400 });
  });

  it("is listed in pages", async () => {
    const user = await createUser();
    const made = [];
    for (let i = 0; i < 5; i++) made.push((await user.addAppToken({ name: `t${i}` })).id);
    const first = (await user.get("/v1/app-tokens?limit=3")).body;
    const second = (await user.get(`/v1/app-tokens?limit=3&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
    expect(second.nextCursor).toBeNull();
  });
});
