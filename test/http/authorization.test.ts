// Every route of /v1 refuses whoever may not use it, in the same words. A new route is found through the API's own description.
import { createHmac } from "node:crypto";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { createApp } from "../../src/http/app.ts";
import { signAppJwt, signDeviceCredential } from "../../src/identity/tokens.ts";
import { call, createUser, keys, origin, type TestUser } from "../support/api.ts";

const routes = createApp()
  .routes.filter(({ method, path }) => method !== "ALL" && path.startsWith("/v1/") && path !== "/v1/openapi.json")
  .map(({ method, path }) => [method, path] as const)
  .filter(([method, path], i, all) => all.findIndex(([m, p]) => m === method && p === path) === i);

let user: TestUser;
let deviceId: string;
let tokenId: string;

beforeAll(async () => {
  user = await createUser();
  deviceId = await user.addDevice();
  tokenId = (await user.addAppToken()).id;
});

function pathFor(pattern: string): string {
  return pattern.replace(":id", pattern.includes("app-tokens") ? tokenId : deviceId);
}

async function unsignedJwt(): Promise<string> {
  const [, payload] = (await user.appJwt()).split(".");
  return `${Buffer.from('{"alg":"none","kid":"t1"}').toString("base64url")}.${payload}.`;
}

async function otherKeysJwt(): Promise<string> {
  return new SignJWT({ sub: user.userId, hub: user.hubId, aud: "homeport", exp: Date.now() / 1000 + 60 })
    .setProtectedHeader({ alg: "HS256", kid: "t1" })
    .sign(Buffer.alloc(32, 1));
}

async function expiredAppToken(): Promise<string> {
  const { token } = await user.addAppToken({ expiresInDays: 1 });
  const [header, payload] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
  const old = Buffer.from(JSON.stringify({ ...claims, exp: 1 })).toString("base64url");
  return `${header}.${old}.${createHmac("sha256", keys.current.tokenKey).update(`${header}.${old}`).digest("base64url")}`;
}

async function revokedAppToken(): Promise<string> {
  const { id, token } = await user.addAppToken();
  await user.delete(`/v1/app-tokens/${id}`);
  return token;
}

async function endedSession(): Promise<string> {
  const other = await createUser();
  await other.post("/api/auth/sign-out");
  return other.token;
}

const unwelcome: [string, () => Promise<string | undefined>][] = [
  ["no token", async () => undefined],
  ["an empty token", async () => ""],
  ["a malformed token", async () => "a.b.c"],
  ["an endless token", async () => "x".repeat(5000)],
  ["a token without signature", unsignedJwt],
  ["a token signed with another key", otherKeysJwt],
  ["an expired app JWT", () => user.appJwt(Date.now() - 1000)],
  ["an expired app token", expiredAppToken],
  ["a revoked app token", revokedAppToken],
  ["an ended session", endedSession],
  ["an unsigned session token", async () => user.rawSessionToken],
  ["a session token signed by nobody", async () => `${user.rawSessionToken}.${Buffer.alloc(32).toString("base64")}`],
];

describe.each(routes)("%s %s", (method, pattern) => {
  it.each(unwelcome)("refuses %s", async (_, makeToken) => {
    const token = await makeToken();
    const answer = await call(method, pathFor(pattern), { token });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.body).toEqual({
      error: {
        code: "unauthenticated",
        message: "Sign in, or send a valid token as `Authorization: Bearer …`.",
        requestId: answer.headers.get("x-request-id"),
      },
    });
  });

  it("refuses the credential of a device", async () => {
    const token = await signDeviceCredential(keys, { deviceId, hubId: user.hubId, gen: 1 });
    const answer = await call(method, pathFor(pattern), { token });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
  });

  it("prefers a wrong token to a right cookie", async () => {
    const answer = await call(method, pathFor(pattern), {
      token: "wrong",
      headers: { cookie: user.cookie, origin },
    });
    expect(answer.status).toBe(401);
  });

  it("is not reached from a page of another site with the user's cookie", async () => {
    const origins: Record<string, string>[] = [{}, { origin: "https://evil.example" }, { origin: "null" }];
    for (const headers of origins) {
      const answer = await call(method, pathFor(pattern), { headers: { cookie: user.cookie, ...headers } });
      if (method === "GET") expect(answer.status).toBe(200);
      else expect(answer).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("lets everybody in who may", async () => {
    const stranger = await createUser();
    const { token: appToken } = await stranger.addAppToken();
    const ways = [
      { token: stranger.token },
      { token: await stranger.appJwt() },
      { token: appToken },
      { headers: { cookie: stranger.cookie, origin } },
      {
        headers: { cookie: stranger.cookie, origin: "https://console.example" },
        bindings: { CORS_ORIGINS: "https://console.example" },
      },
    ];
    for (const way of ways) {
      const { status } = await call(method, pathFor(pattern), {
        ...way,
        ...(method === "POST" || method === "PATCH" ? { body: {} } : {}),
      });
      // The thing is somebody else's, or the body is empty: but nobody asks who is there.
      expect([200, 400, 404]).toContain(status);
    }
  });
});

it("a token that names a user nobody knows sees nothing", async () => {
  const ghost = { userId: newId("usr"), hubId: newId("hub"), issuer: origin, expiresAt: Date.now() + 60_000 };
  const token = await signAppJwt(keys, ghost);
  expect(await call("GET", "/v1/devices", { token })).toMatchObject({ status: 200, body: { items: [] } });
  expect(await call("GET", `/v1/devices/${deviceId}`, { token })).toMatchObject({ status: 404 });
});
