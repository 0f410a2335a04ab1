import { createHmac } from "node:crypto";
import { decodeJwt } from "jose";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { readHubKey } from "../../src/identity/hub-key.ts";
import { call, keys, signIn, signUp } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";
import { makeKey, type TestKey, TestProvider } from "../support/oidc-provider.ts";

let provider: TestProvider;
let key: TestKey;
beforeEach(async () => {
  provider = new TestProvider();
  key = await makeKey("first");
  await provider.set({ keys: [key.jwk] });
});

/** As an isolate does, which keeps its configuration. */
function callWith(bindings: Record<string, unknown>, method: string, path: string, token: string) {
  return call(method, path, { token, bindings: bindings as Partial<Env> });
}

function devices(token: string) {
  return callWith(provider.bindings, "GET", "/v1/devices", token);
}

async function accountsOf(subject: string) {
  const select = `select users.id, users.email, users.email_verified, users.name, accounts.provider_id
    from accounts join users on users.id = accounts.user_id where account_id = ?`;
  return queryDatabase(select, subject);
}

describe("a token of the configured outside issuer", () => {
  it("makes user and hub on first sight, and finds them again", async () => {
    const sub = newId("sub");
    const email = `${newId("mail")}@Example.com`;
    const token = await provider.sign(key, { sub, email, email_verified: true, name: " Ada " });
    expect(await devices(token)).toMatchObject({ status: 200, body: { items: [] } });
    const again = await provider.sign(key, { sub, email: "other@example.com", email_verified: true });
    expect(await devices(again)).toMatchObject({ status: 200 });
    expect(await accountsOf(sub)).toEqual([
      {
        id: expect.stringMatching(/^usr_[0-9a-z]{20}$/),
        email: email.toLowerCase(),
        email_verified: 1,
        name: "Ada",
        provider_id: provider.issuer,
      },
    ]);
    expect(await provider.record()).toMatchObject({ discoveries: 1, keySets: 1 });
  });

  it("makes one user when it first comes twice at once", async () => {
    const sub = newId("sub");
    const token = await provider.sign(key, { sub, email: `${sub}@example.com`, email_verified: true });
    const { bindings } = provider;
    const first = await Promise.all([1, 2, 3, 4].map(() => callWith(bindings, "GET", "/api/auth/token", token)));
    expect(first.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(first.map(({ body }) => body.hubKey)).size).toBe(1);
    expect(await accountsOf(sub)).toHaveLength(1);
    expect(await provider.record()).toMatchObject({ keySets: 1 });
  });

  it("is exchanged for the JWT of an app, which does not outlive it", async () => {
    const exp = Math.floor(Date.now() / 1000) + 100;
    const token = await provider.sign(key, { sub: newId("sub"), exp });
    const { body } = await callWith(provider.bindings, "GET", "/api/auth/token", token);
    expect(decodeJwt(body.token)).toMatchObject({ exp, hub: readHubKey(keys, body.hubKey) });
    expect(await call("GET", "/v1/devices", { token: body.token })).toMatchObject({ status: 200 });
  });

  it("is one person per issuer and subject", async () => {
    const sub = newId("sub");
    const other = new TestProvider();
    await other.set({ keys: [key.jwk] });
    await devices(await provider.sign(key, { sub }));
    await callWith(other.bindings, "GET", "/v1/devices", await other.sign(key, { sub }));
    expect((await accountsOf(sub)).map(({ provider_id }) => provider_id).toSorted()).toEqual(
      [provider.issuer, other.issuer].toSorted(),
    );
  });

  it("is never joined to a local account by its address", async () => {
    const { body } = await signUp();
    const sub = newId("sub");
    const token = await provider.sign(key, { sub, email: body.user.email, email_verified: true });
    expect(await devices(token)).toMatchObject({ status: 200 });
    const [account] = await accountsOf(sub);
    expect(account).toMatchObject({ email: expect.stringMatching(/@outside\.invalid$/), email_verified: 0 });
    expect(account?.id).not.toBe(body.user.id);
    expect(await signIn(body.user.email)).toMatchObject({ status: 200 });
  });

  it.each([
    ["says nothing of its address", {}],
    ["does not vouch for its address", { email: "claimed@example.com" }],
    ["denies its address", { email: "claimed@example.com", email_verified: false }],
    ["vouches with a text", { email: "claimed@example.com", email_verified: "true" }],
    ["vouches for no address", { email: "claimed", email_verified: true }],
  ])("that %s makes a user without one", async (_, claims) => {
    const sub = newId("sub");
    expect(await devices(await provider.sign(key, { sub, ...claims }))).toMatchObject({ status: 200 });
    expect(await accountsOf(sub)).toMatchObject([{ email: expect.stringMatching(/@outside\.invalid$/) }]);
  });

  it.each(["RS256", "PS256", "ES256", "EdDSA"])("may be signed with %s", async (alg) => {
    const other = await makeKey("other", alg);
    await provider.set({ keys: [other.jwk] });
    expect(await devices(await provider.sign(other))).toMatchObject({ status: 200 });
  });

  it("needs no `kid` when the issuer has one key of that kind", async () => {
    const only = await makeKey("only", "ES256");
    await provider.set({ keys: [only.jwk] });
    expect(await devices(await provider.sign(only, {}, { kid: undefined }))).toMatchObject({ status: 200 });
  });

  it("is nobody's where no outside issuer is configured", async () => {
    const answer = await call("GET", "/v1/devices", { token: await provider.sign(key) });
    expect(answer).toMatchObject({ status: 401 });
    expect(await provider.record()).toMatchObject({ discoveries: 0, keySets: 0 });
  });
});

describe("a token that is no good", () => {
  const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

  it.each<[string, () => Promise<string>]>([
    ["for another audience", () => provider.sign(key, { aud: "https://elsewhere.example" })],
    ["for no audience", () => provider.sign(key, { aud: undefined })],
    ["expired", () => provider.sign(key, { exp: seconds(-10) })],
    ["without an end", () => provider.sign(key, { exp: undefined })],
    ["not valid yet", () => provider.sign(key, { nbf: seconds(60) })],
    ["without a subject", () => provider.sign(key, { sub: undefined })],
    ["with an empty subject", () => provider.sign(key, { sub: "" })],
    ["with a subject too long", () => provider.sign(key, { sub: "s".repeat(256) })],
    ["of another issuer", () => provider.sign(key, { iss: "https://elsewhere.example" })],
    ["of almost this issuer", () => provider.sign(key, { iss: `${provider.issuer}/` })],
    ["signed by another key of the same name", async () => provider.sign(await makeKey("first"))],
    ["tampered with", async () => (await provider.sign(key)).replace(/\.(..)/, ".AA")],
    ["too long", () => provider.sign(key, { more: "m".repeat(9000) })],
    [
      "signed with HS256 and the public key",
      async () => {
        const body = decodeJwt(await provider.sign(key));
        const signed = `${encoded({ alg: "HS256", kid: "first" })}.${encoded(body)}`;
        return `${signed}.${createHmac("sha256", JSON.stringify(key.jwk)).update(signed).digest("base64url")}`;
      },
    ],
    [
      "with alg none",
      async () => `${encoded({ alg: "none", kid: "first" })}.${encoded(decodeJwt(await provider.sign(key)))}.`,
    ],
  ])("%s is refused like any other", async (_, make) => {
    const answer = await devices(await make());
    const garbage = await devices("garbage");
    expect(answer.status).toBe(401);
    expect(answer.body.error.message).toBe(garbage.body.error.message);
    expect((await provider.record()).keySets).toBeLessThanOrEqual(1);
  });

  it("costs no fetch when it cannot be right whatever the key is", async () => {
    await devices(await provider.sign(key, { aud: "https://elsewhere.example" }));
    await devices(await provider.sign(key, { exp: seconds(-10) }));
    await devices(await provider.sign(key, { iss: "https://elsewhere.example" }));
    expect(await provider.record()).toMatchObject({ discoveries: 0, keySets: 0 });
  });
});

describe("the issuer's keys", () => {
  /** Only the clock: timers go on. */
  function after(ms: number) {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  }
  beforeEach(() => {
    return () => vi.useRealTimers();
  });

  it("are fetched once, whatever strangers send, and once more a minute later", async () => {
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 200 });
    const stranger = await makeKey("stranger");
    const flood = async (round: string) => {
      for (let i = 0; i < 200; i++) {
        const token = await provider.sign(stranger, {}, { kid: `${round}${i}` });
        expect(await devices(token)).toMatchObject({ status: 401 });
      }
    };
    await flood("a");
    expect((await provider.record()).keySets).toBe(1);
    after(61_000);
    await flood("b");
    expect((await provider.record()).keySets).toBe(2);
  });

  it("may be rotated: a new one is found, a withdrawn one is forgotten within the hour", async () => {
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 200 });
    const second = await makeKey("second");
    await provider.set({ keys: [key.jwk, second.jwk] });
    expect(await devices(await provider.sign(second))).toMatchObject({ status: 401 });
    after(61_000);
    expect(await devices(await provider.sign(second))).toMatchObject({ status: 200 });
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 200 });
    await provider.set({ keys: [second.jwk] });
    after(3_600_000);
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 401 });
    expect(await devices(await provider.sign(second))).toMatchObject({ status: 200 });
    expect(await provider.record()).toMatchObject({ keySets: 3 });
  });

  it("go on working while the issuer is down; new ones are 503", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 200 });
    await provider.set({ status: 500 });
    after(61_000);
    const second = await makeKey("second");
    const answer = await devices(await provider.sign(second));
    expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(answer.headers.get("retry-after")).toBe("10");
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 200 });
    after(3_600_000);
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 200 });
    await provider.set({ keys: [second.jwk] });
    after(11_000);
    expect(await devices(await provider.sign(second))).toMatchObject({ status: 200 });
    log.mockRestore();
  });

  it.each([
    ["its discovery names another issuer", { discovery: { issuer: "https://elsewhere.example" } }],
    ["its discovery leads nowhere", { discovery: { jwks_uri: null } }],
    ["its discovery leads to an address in the clear", { discovery: { jwks_uri: "http://192.0.2.1/keys" } }],
    ["its keys are too many bytes", { keys: [{ kty: "RSA", n: "n".repeat(300_000) }] }],
    ["it is redirected", { status: 302 }],
  ])("are not had when %s", async (_, settings) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await provider.set(settings);
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 503 });
    expect(log.mock.calls.flat().join()).toContain("outside_keys.failed");
    log.mockRestore();
  });

  it("are not waited for long", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await provider.set({ delayMs: 2500 });
    expect(await devices(await provider.sign(key))).toMatchObject({ status: 503 });
    log.mockRestore();
  });

  it("may be named by OIDC_JWKS_URL", async () => {
    const OIDC_JWKS_URL = `${provider.issuer}/keys`;
    const token = await provider.sign(key);
    const answer = await callWith({ ...provider.bindings, OIDC_JWKS_URL }, "GET", "/v1/devices", token);
    expect(answer.status).toBe(200);
    expect(await provider.record()).toMatchObject({ discoveries: 0, keySets: 1 });
  });
});

describe("the configuration", () => {
  it.each([
    ["OIDC_AUDIENCE", { OIDC_ISSUER: "https://issuer.example" }],
    ["OIDC_ISSUER", { OIDC_ISSUER: "http://issuer.example", OIDC_AUDIENCE: "x" }],
    ["OIDC_JWKS_URL", { OIDC_ISSUER: "https://issuer.example", OIDC_AUDIENCE: "x", OIDC_JWKS_URL: "keys" }],
  ])("is refused with a line that names %s", async (name, bindings) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await callWith(bindings, "GET", "/v1/devices", "x")).toMatchObject({ status: 500 });
    expect(log.mock.calls.flat().join()).toContain(name);
    log.mockRestore();
  });
});
