import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { type Answer, call, createUser, origin, respond, signUp } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";
import { TestProvider } from "../support/oidc-provider.ts";

const clientSecret = "the client's secret";
let provider: TestProvider;
let bindings: Partial<Env>;
beforeEach(() => {
  provider = new TestProvider();
  const entry = {
    id: "example",
    discoveryUrl: `${provider.issuer}/.well-known/openid-configuration`,
    clientId: "homeport",
  };
  bindings = {
    SOCIAL_PROVIDERS: JSON.stringify([entry]),
    SOCIAL_SECRETS: JSON.stringify({ example: clientSecret }),
  } as Partial<Env>;
});

/** Who the provider says it is. */
function somebody(fields: object = {}) {
  const sub = newId("sub");
  return { sub, email: `${sub}@example.com`, email_verified: true, name: "Grace", ...fields };
}

/** A browser: it keeps cookies and follows nothing by itself. */
class Browser {
  readonly #cookies = new Map<string, string>();

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const headers = { "cf-connecting-ip": crypto.randomUUID(), origin, ...(cookie && { cookie }) };
    const answer = await call(method, path, { headers, body, bindings });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", ...value] = pair.split("=");
      if (/max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value.join("="));
    }
    return answer;
  }

  start(fields: object = {}, path = "/api/auth/sign-in/social"): Promise<Answer> {
    return this.call("POST", path, { provider: "example", callbackURL: "/console", ...fields });
  }

  /** To the provider, which sends it back at once: the path to come back to. */
  async visit(url: string): Promise<string> {
    const response = await fetch(url, { redirect: "manual" });
    await response.text();
    const back = new URL(response.headers.get("location") ?? "");
    expect(back.origin).toBe(origin);
    return back.pathname + back.search;
  }

  /** The whole way; the answer that ends it. */
  async signIn(fields: object = {}): Promise<Answer> {
    const { body } = await this.start(fields);
    return this.call("GET", await this.visit(body.url));
  }
}

const location = (answer: Answer) => answer.headers.get("location");

describe("signing in at another provider", () => {
  it("makes a user with a hub and a session, and finds them again", async () => {
    const person = somebody();
    await provider.set({ clientSecret, person });
    const browser = new Browser();
    const ended = await browser.signIn({ newUserCallbackURL: "/welcome" });
    expect([ended.status, location(ended)]).toEqual([302, "/welcome"]);
    const { body } = await browser.call("GET", "/api/auth/get-session");
    expect(body.user).toMatchObject({ email: person.email, name: "Grace", emailVerified: true });
    expect(await browser.call("GET", "/api/auth/token")).toMatchObject({ status: 200 });

    const other = new Browser();
    expect(location(await other.signIn({ newUserCallbackURL: "/welcome" }))).toBe("/console");
    expect((await other.call("GET", "/api/auth/get-session")).body.user.id).toBe(body.user.id);
  });

  it("goes by authorization code, state, nonce and PKCE", async () => {
    const { body } = await new Browser().start();
    const url = new URL(body.url);
    expect(url.href.startsWith(`${provider.issuer}/authorize?`)).toBe(true);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "homeport",
      code_challenge_method: "S256",
      redirect_uri: `${origin}/api/auth/callback/example`,
      scope: "openid email profile",
      nonce: expect.any(String),
      state: expect.any(String),
    });
  });

  it("keeps nothing of what the provider gave", async () => {
    const person = somebody();
    await provider.set({ clientSecret, person });
    await new Browser().signIn();
    const [row] = await queryDatabase("select * from accounts where account_id = ?", person.sub);
    expect(row).toMatchObject({ provider_id: "example", access_token: null, refresh_token: null, id_token: null });
  });

  it("asks whose address is not verified to confirm it, where that is required", async () => {
    const mails: { to: string }[] = [];
    bindings = {
      ...bindings,
      MAIL: { send: async (mail: { to: string }) => mails.push(mail) },
      MAIL_FROM: "post@homeport.test",
      REQUIRE_VERIFIED_EMAIL: "true",
    } as unknown as Partial<Env>;
    const person = somebody({ email_verified: false });
    await provider.set({ clientSecret, person });
    const browser = new Browser();
    expect(location(await browser.signIn())).toContain("/api/auth/error?error=email_not_verified");
    expect((await browser.call("GET", "/api/auth/get-session")).body).toBeNull();
    expect(mails.map(({ to }) => to)).toEqual([person.email]);
  });
});

describe("another provider does not let in", () => {
  beforeEach(() => provider.set({ clientSecret, person: somebody() }));

  async function refused(browser: Browser, answer: Answer, error: string) {
    expect(location(answer)).toContain(`${origin}/api/auth/error?error=${error}`);
    expect((await browser.call("GET", "/api/auth/get-session")).body).toBeNull();
  }

  it("a browser that did not ask: the state is in its cookie", async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const { body } = await attacker.start();
    const back = await attacker.visit(body.url);
    await refused(victim, await victim.call("GET", back), "state_mismatch");
  });

  it("a browser that asked for something else", async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    await victim.start();
    const { body } = await attacker.start();
    await refused(victim, await victim.call("GET", await attacker.visit(body.url)), "state_mismatch");
  });

  it("with a code that was made for another challenge", async () => {
    const browser = new Browser();
    const { body } = await browser.start();
    const url = new URL(body.url);
    url.searchParams.set("code_challenge", "x".repeat(43));
    await refused(browser, await browser.call("GET", await browser.visit(url.href)), "invalid_code");
  });

  it("with an ID token for another request", async () => {
    const browser = new Browser();
    const { body } = await browser.start();
    const url = new URL(body.url);
    url.searchParams.set("nonce", "other");
    await refused(browser, await browser.call("GET", await browser.visit(url.href)), "unable_to_get_user_info");
  });

  it("whoever has only the address of a local account; its owner may link it", async () => {
    const { body } = await signUp();
    const email = body.user.email as string;
    await queryDatabase("update users set email_verified = 1 where email = ?", email);
    await provider.set({ clientSecret, person: somebody({ email }) });
    const browser = new Browser();
    await refused(browser, await browser.signIn(), "account_not_linked");

    const owner = new Browser();
    await owner.call("POST", "/api/auth/sign-in/email", { email, password: "correct horse battery" });
    const linking = await owner.start({}, "/api/auth/link-social");
    expect(location(await owner.call("GET", await owner.visit(linking.body.url)))).toBe("/console");
    const accounts = await owner.call("GET", "/api/auth/list-accounts");
    expect(accounts.body.map((account: { providerId: string }) => account.providerId).toSorted()).toEqual([
      "credential",
      "example",
    ]);
    expect(location(await browser.signIn())).toBe("/console");

    for (const [i, { id }] of (accounts.body as { id: string }[]).entries()) {
      const answer = await owner.call("POST", "/api/auth/unlink-account", { accountId: id });
      expect(answer.status).toBe(i === 0 ? 200 : 400);
    }
  });

  it("and sends nobody on to a page that is not ours", async () => {
    expect(await new Browser().start({ callbackURL: "https://evil.example/" })).toMatchObject({ status: 403 });
  });

  it("by an ID token alone", async () => {
    expect(await new Browser().start({ idToken: { token: "x.y.z" } })).toMatchObject({ status: 400 });
  });
});

describe("what a page offers before anybody is signed in", () => {
  it("is each provider by its name, and a new password where mails are sent; kept for minutes, and no secret", async () => {
    const [entry] = JSON.parse((bindings as { SOCIAL_PROVIDERS: string }).SOCIAL_PROVIDERS);
    const named = { ...entry, id: "house-key", name: "The house" };
    const providers = {
      SOCIAL_PROVIDERS: JSON.stringify([entry, { ...entry, id: "my-house" }, named]),
      SOCIAL_SECRETS: JSON.stringify({ example: clientSecret, "my-house": clientSecret, "house-key": clientSecret }),
      MAIL_FROM: "post@homeport.test",
    } as Partial<Env>;
    const answer = await call("GET", "/v1/sign-in-methods", { bindings: providers });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      passwordReset: true,
      providers: [
        { id: "example", name: "Example" },
        { id: "my-house", name: "My House" },
        { id: "house-key", name: "The house" },
      ],
    });
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    const bare = await call("GET", "/v1/sign-in-methods");
    expect(bare.body).toEqual({ passwordReset: false, providers: [] });
  });
});

describe("a provider that is down", () => {
  it("is 503, and does not touch anybody else's sign-in", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await provider.set({ status: 500 });
    expect(await new Browser().start()).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    const user = await createUser();
    expect(await user.call("GET", "/api/auth/get-session", { bindings })).toMatchObject({ status: 200 });
    log.mockRestore();
  });

  it("is 404 when nobody configured it", async () => {
    expect(await new Browser().start({ provider: "unknown" })).toMatchObject({ status: 404 });
  });
});

describe("the page at which a failed sign-in ends", () => {
  it("says one word of why, and nothing that was slipped in", async () => {
    const path = `/api/auth/error?error=${encodeURIComponent("<script>alert(1)</script>")}`;
    const response = await respond("GET", path, { headers: { accept: "text/html" } });
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(text).toContain("scriptalert1script");
    expect(text).not.toContain("<script>");
    expect(await call("GET", path)).toMatchObject({ status: 400, body: { error: { code: "bad_request" } } });
  });
});

describe("the configuration", () => {
  it.each([
    ["SOCIAL_PROVIDERS", { SOCIAL_PROVIDERS: "{" }],
    ["SOCIAL_PROVIDERS", { SOCIAL_PROVIDERS: '[{"id":"A B","discoveryUrl":"https://x.example","clientId":"x"}]' }],
    ["SOCIAL_SECRETS", { SOCIAL_PROVIDERS: '[{"id":"x","discoveryUrl":"https://x.example","clientId":"x"}]' }],
  ])("is refused with a line that names %s", async (name, wrong) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await call("GET", "/v1/devices", { bindings: wrong as Partial<Env> })).toMatchObject({ status: 500 });
    expect(log.mock.calls.flat().join()).toContain(name);
    log.mockRestore();
  });
});
