import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { readHubKey } from "../../src/identity/hub-key.ts";
import { call, createUser, keys, origin, password, signIn, signUp } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";

describe("signing up", () => {
  it("makes a user, a session and a hub", async () => {
    const answer = await signUp("Ada.Lovelace+1@Example.com");
    expect(answer.status).toBe(200);
    expect(answer.body.user).toMatchObject({ email: "ada.lovelace+1@example.com", name: "Ada" });
    expect(answer.body.user.id).toMatch(/^usr_[0-9a-z]{20}$/);
    const [hub] = await queryDatabase("select * from hubs where user_id = ?", answer.body.user.id);
    expect(hub).toMatchObject({ id: expect.stringMatching(/^hub_[0-9a-z]{20}$/), started_at: null });
  });

  it("refuses an address that is taken, however it is written", async () => {
    const { body } = await signUp();
    const answer = await signUp(body.user.email.toUpperCase());
    expect(answer).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
  });

  it("may be repeated when it broke off after the first row", async () => {
    const email = `${newId("half")}@example.com`;
    await queryDatabase(
      "insert into users (id, name, email, email_verified, created_at, updated_at) values (?, 'Ada', ?, 0, ?, 0)",
      newId("usr"),
      email,
      Date.now(),
    );
    expect(await signUp(email)).toMatchObject({ status: 409 });
    await queryDatabase("update users set created_at = 0 where email = ?", email);
    expect(await signUp(email)).toMatchObject({ status: 200 });
    await queryDatabase("update users set created_at = 0 where email = ?", email);
    expect(await signUp(email)).toMatchObject({ status: 409 });
    expect(await signIn(email)).toMatchObject({ status: 200 });
  });

  it.each([
    ["a short password", { password: "short" }],
    ["a long password", { password: "p".repeat(129) }],
    ["no address", { email: "nobody" }],
    ["a long name", { name: "n".repeat(101) }],
    ["no name", { name: undefined }],
  ])("refuses %s", async (_, fields) => {
    const answer = await signUp(undefined, fields);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "bad_request" } } });
    expect(answer.body.error.requestId).toBe(answer.headers.get("x-request-id"));
  });
});

describe("a session", () => {
  it("is opened by the token in the header and by the one in the body, on /v1 and on /api/auth", async () => {
    const { headers, body } = await signUp();
    for (const token of [headers.get("set-auth-token") ?? "", body.token]) {
      expect(token).toContain(".");
      expect(await call("GET", "/v1/devices", { token })).toMatchObject({ status: 200 });
      expect((await call("GET", "/api/auth/get-session", { token })).body.user.id).toBe(body.user.id);
      expect(await call("GET", "/api/auth/token", { token })).toMatchObject({ status: 200 });
    }
    const again = await signIn(body.user.email);
    expect(again.body.token).toBe(again.headers.get("set-auth-token"));
    expect(await call("GET", "/v1/devices", { token: again.body.token })).toMatchObject({ status: 200 });
  });

  it("is opened by the cookie", async () => {
    const { headers } = await signUp();
    const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
    expect(headers.get("set-cookie")).toMatch(/HttpOnly.*Secure|Secure.*HttpOnly/i);
    expect(await call("GET", "/v1/devices", { headers: { cookie } })).toMatchObject({ status: 200 });
  });

  it("is not opened by the token as the database holds it", async () => {
    const user = await createUser();
    expect(await user.get("/v1/devices")).toMatchObject({ status: 200 });
    for (const path of ["/v1/devices", "/api/auth/token"]) {
      expect(await call("GET", path, { token: user.rawSessionToken })).toMatchObject({ status: 401 });
      expect(await call("GET", path, { token: `${user.rawSessionToken}.` })).toMatchObject({ status: 401 });
    }
    const cookie = `__Secure-better-auth.session_token=${user.rawSessionToken}`;
    expect(await call("GET", "/v1/devices", { headers: { cookie } })).toMatchObject({ status: 401 });
  });

  it("ends at sign-out", async () => {
    const user = await createUser();
    expect(await user.post("/api/auth/sign-out")).toMatchObject({ status: 200 });
    expect(await user.get("/v1/devices")).toMatchObject({ status: 401 });
  });

  it("ends at a change of the password elsewhere, if asked for", async () => {
    const { body } = await signUp();
    const other = (await signIn(body.user.email)).body.token;
    const newPassword = "battery staple correct";
    const changed = await call("POST", "/api/auth/change-password", {
      token: body.token,
      body: { currentPassword: password, newPassword, revokeOtherSessions: true },
      headers: { "cf-connecting-ip": body.user.id },
    });
    expect(changed.status).toBe(200);
    expect(await call("GET", "/v1/devices", { token: other })).toMatchObject({ status: 401 });
    expect(await call("GET", "/v1/devices", { token: changed.body.token })).toMatchObject({ status: 200 });
    expect(await signIn(body.user.email)).toMatchObject({ status: 401 });
    expect(await signIn(body.user.email, { password: newPassword })).toMatchObject({ status: 200 });
  });

  it("is refused after it expired", async () => {
    const user = await createUser();
    await queryDatabase("update sessions set expires_at = 1 where user_id = ?", user.userId);
    expect(await user.get("/v1/devices")).toMatchObject({ status: 401 });
  });
});

describe("a profile", () => {
  it("is bounded", async () => {
    const user = await createUser();
    expect(await user.post("/api/auth/update-user", { name: "n".repeat(101) })).toMatchObject({ status: 400 });
    expect(await user.post("/api/auth/update-user", { name: " Grace " })).toMatchObject({ status: 200 });
    expect((await user.get("/api/auth/get-session")).body.user.name).toBe("Grace");
  });

  it("keeps the beginning of what a browser says of itself", async () => {
    const { body } = await signUp();
    const headers = { "user-agent": "u".repeat(1000), "cf-connecting-ip": body.user.id };
    await call("POST", "/api/auth/sign-in/email", { body: { email: body.user.email, password }, headers });
    const kept = await queryDatabase(
      "select max(length(user_agent)) as n from sessions where user_id = ?",
      body.user.id,
    );
    expect(kept).toEqual([{ n: 255 }]);
  });
});

describe("signing in", () => {
  it("says the same of a wrong password and of an unknown address", async () => {
    const { body } = await signUp();
    const wrong = await signIn(body.user.email, { password: "wrong password" });
    const unknown = await signIn("nobody@example.com");
    expect(wrong).toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
    expect(unknown.body.error.message).toBe(wrong.body.error.message);
  });

  it("works in any case of the address", async () => {
    const { body } = await signUp();
    expect(await signIn(body.user.email.toUpperCase())).toMatchObject({ status: 200 });
  });
});

describe("the JWT of an app", () => {
  it("has exactly the claims sub, hub, iss, aud and exp", async () => {
    const user = await createUser();
    const { status, headers, body } = await user.get("/api/auth/token");
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(decodeProtectedHeader(body.token)).toEqual({ alg: "HS256", kid: "t1" });
    expect(decodeJwt(body.token)).toEqual({
      sub: user.userId,
      hub: user.hubId,
      iss: origin,
      aud: "homeport",
      exp: body.expiresAt / 1000,
    });
    expect(body.expiresAt - Date.now()).toBeGreaterThan(895_000);
    expect(readHubKey(keys, body.hubKey)).toBe(user.hubId);
    expect(body.mqttUrl).toBe(`wss://homeport.test/mqtt/${body.hubKey}`);
    expect(await call("GET", "/v1/devices", { token: body.token })).toMatchObject({ status: 200 });
  });

  it("keeps the session of an app that only ever asks for it", async () => {
    const user = await createUser();
    const soon = Date.now() + 3_600_000;
    const expiry = async () =>
      (await queryDatabase("select expires_at from sessions where user_id = ?", user.userId))[0]?.expires_at;
    await queryDatabase("update sessions set expires_at = ? where user_id = ?", soon, user.userId);
    await user.get("/v1/devices");
    expect(await expiry()).toBe(soon);
    const { status, headers } = await call("GET", "/api/auth/token", { headers: { cookie: user.cookie } });
    expect(status).toBe(200);
    expect(headers.get("set-cookie")).toContain("Max-Age=604800");
    expect(await expiry()).toBeGreaterThan(soon);
  });

  it("is not given for another JWT, for an app token, or for nothing", async () => {
    const user = await createUser();
    const { token } = await user.addAppToken();
    for (const shown of [await user.appJwt(), token, undefined]) {
      const answer = await call("GET", "/api/auth/token", { token: shown });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
    }
  });
});

describe("what is not offered", () => {
  it.each([
    ["POST", "/api/auth/delete-user", 404],
    ["POST", "/api/auth/callback/google", 405],
    ["POST", "/api/auth/sign-in/social", 400],
    ["POST", "/api/auth/verify-password", 404],
    ["POST", "/api/auth/sign-in/email/", 404],
    ["GET", "/api/auth/sign-in/email", 405],
  ])("%s %s is %i", async (method, path, status) => {
    expect(await call(method, path)).toMatchObject({ status });
  });
});

describe("limits", () => {
  // Attempts are counted by the minute: a test that sees one minute end begins again, with names and addresses of its own.
  const again = { retry: 2 };
  const octet = (): number => 1 + Math.floor(Math.random() * 250);

  it("slow down guessing of one account from many addresses", again, async () => {
    const email = `victim${crypto.randomUUID()}@example.com`;
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await signIn(email));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(answers[5]?.headers.get("retry-after")).toBe("60");
    expect(answers[5]?.body.error.code).toBe("rate_limited");
    expect(await signIn(email.toUpperCase())).toMatchObject({ status: 429 });
  });

  it("slow down guessing of many accounts from one address", again, async () => {
    const address = `192.0.2.${octet()}`;
    const statuses = [];
    for (let i = 0; i < 6; i++) {
      statuses.push((await signIn(`guess${i}@example.com`, { address })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it("count an IPv6 network as one address", again, async () => {
    const network = `2001:db8:${octet()}:${octet()}`;
    const statuses = [];
    for (let i = 0; i < 6; i++) {
      statuses.push((await signIn(`guess6${i}@example.com`, { address: `${network}:${i}::${i}` })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await signIn("guess66@example.com", { address: "2001:db8:0:3::1" })).toMatchObject({ status: 401 });
  });

  it("slow down signing up from one address", async () => {
    const keysAsked: string[] = [];
    const limit = async ({ key }: { key: string }) => ({ success: keysAsked.push(key) < 2 });
    const attempt = () =>
      call("POST", "/api/auth/sign-up/email", {
        bindings: { SIGN_UP_LIMIT: { limit } },
        headers: { "cf-connecting-ip": "192.0.2.8" },
        body: {},
      });
    expect(await attempt()).toMatchObject({ status: 400 });
    expect(await attempt()).toMatchObject({ status: 429, body: { error: { code: "rate_limited" } } });
    expect(keysAsked).toEqual(["address:192.0.2.8", "address:192.0.2.8"]);
  });
});

describe("requests of other sites", () => {
  it("may not sign in", async () => {
    const { body } = await signUp();
    const answer = await call("POST", "/api/auth/sign-in/email", {
      body: { email: body.user.email, password },
      headers: { origin: "https://evil.example", "cf-connecting-ip": "192.0.2.9" },
    });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
  });

  it("may not post forms", async () => {
    const answer = await call("POST", "/api/auth/sign-in/email", {
      rawBody: new URLSearchParams({ email: "a@example.com", password }),
    });
    expect(answer).toMatchObject({ status: 415 });
  });
});
