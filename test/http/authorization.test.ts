// Every route refuses whoever may not use it, in the same words. The routes, their parameters and bodies come from the API's own
// description, so that a new one cannot be forgotten.
import { createHmac } from "node:crypto";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { makeHubKey } from "../../src/identity/hub-key.ts";
import { signAppJwt, signDeviceCredential } from "../../src/identity/tokens.ts";
import { exampleBody, exampleQuery, readDescription, type Route, routesOf } from "../support/api-description.ts";
import { type Answer, type Call, call, createUser, keys, origin, respond, type TestUser } from "../support/api.ts";
import { CountedBindings } from "../support/counted-bindings.ts";
import { finishedExport } from "../support/exports.ts";
import { JsonClient } from "../support/json-client.ts";
import { Receiver } from "../support/receiver.ts";

const description = await readDescription();
const routes = routesOf(description);
/** better-auth's, which have words of their own; test/http/people*.test.ts has what they refuse. */
const isPeoples = ({ path }: Route) => path.startsWith("/api/auth/");
/** test/hub/doors.test.ts and test/hub/json.test.ts have what these refuse beyond what is said below. */
const isSocket = ({ operation }: Route) => operation.tags?.includes("Sockets") ?? false;
/** Where devices show their own credential. */
const isDevices = ({ operation }: Route) => operation.tags?.includes("Check-ins") ?? false;
const closedRoutes = routes.filter(
  (route) => !route.isPublic && !isPeoples(route) && !isSocket(route) && !isDevices(route),
);
const openRoutes = routes.filter((route) => route.isPublic && !isPeoples(route) && !isSocket(route));
const socketRoutes = routes.filter(isSocket);

/** How a thing of the user is made for the first parameter of a path: the path's beginning to what its parameter is. */
const thingMakers: Record<string, (user: TestUser) => Promise<string>> = {
  "/v1/devices/{id}": async (user) => {
    const id = await user.addDevice();
    // With a stream whose name the second parameter of a path is.
    await user.post(`/v1/devices/${id}/messages`, { topic: "streams/{name}", payload: 1 });
    return id;
  },
  "/v1/app-tokens/{id}": async (user) => (await user.addAppToken()).id,
  "/v1/webhooks/{id}": async (user) => {
    return (await user.post("/v1/webhooks", { name: "a", url: new Receiver().hookUrl })).body.id;
  },
  "/v1/push/subscriptions/{id}": async (user) => {
    const subscription = await new Receiver().set();
    return (await user.post("/v1/push/subscriptions", { ...subscription, label: "a" })).body.id;
  },
  "/v1/exports/{id}": async (user) => finishedExport(user),
  "/v1/connections/{id}": async (user) => {
    await JsonClient.withToken(await user.appJwt());
    return (await user.get("/v1/connections")).body.items.at(-1).id;
  },
  "/v1/entities/{id}": async (user) => {
    const app = await JsonClient.withToken(await user.appJwt());
    const payload = JSON.stringify({ cmd_t: "shared/bell", uniq_id: "bell" });
    app.send({ type: "publish", topic: "homeassistant/switch/bell/config", payload, retain: true });
    app.send({ type: "publish", topic: "shared/here", payload: "", qos: 1, id: 1 });
    await app.next();
    return "switch.bell";
  },
  "/v1/rules/{id}": async (user) => {
    const trigger = { type: "schedule", timeZone: "UTC", when: { time: "07:30" } };
    const actions = [{ type: "publish", topic: "shared/bell", payload: "ring" }];
    return (await user.post("/v1/rules", { name: "Morning", trigger, actions })).body.id;
  },
  "/v1/configurations/{id}": async (user) =>
    (await user.post("/v1/configurations", { kind: "tag", key: newId("tag"), desired: {} })).body.id,
  "/v1/dashboards/{id}": addDashboard,
  "/v1/dashboard-shares/{id}": async (user) =>
    (await user.post(`/v1/dashboards/${await addDashboard(user)}/shares`, { kind: "link" })).body.id,
  "/v1/shared-dashboards/{id}": async (user) => {
    const owner = await createUser();
    const body = { kind: "person", email: user.email, rights: "view" };
    return (await owner.post(`/v1/dashboards/${await addDashboard(owner)}/shares`, body)).body.id;
  },
  "/v1/pairing/{userCode}": async () => {
    const rawBody = new URLSearchParams({ client_id: "lamp" });
    return (await call("POST", "/v1/pairing/device_authorization", { rawBody })).body.user_code;
  },
};

async function addDashboard(user: TestUser): Promise<string> {
  return (await user.post("/v1/dashboards", { title: "Home" })).body.id;
}

/** Things that are nobody's until the user has taken them; here, so that they are somebody else's. */
const takers: Record<string, (user: TestUser, thing: string) => Promise<Answer>> = {
  "/v1/pairing/{userCode}": (user, code) => user.post(`/v1/pairing/${code}/approve`, { name: "Lamp" }),
};

let user: TestUser;
const things = new Map<string, string>();

beforeAll(async () => {
  user = await createUser();
  for (const [beginning, make] of Object.entries(thingMakers)) {
    const thing = await make(user);
    await takers[beginning]?.(user, thing);
    things.set(beginning, thing);
  }
});

/** `/v1/devices/{id}` of `/v1/devices/{id}/presence`; null for a path without parameters. */
function beginningOf(path: string): string | null {
  return /^[^{]*\{[^}]+\}/.exec(path)?.[0] ?? null;
}

function fill(path: string, thing: string): string {
  return path.replace(/\{[^}]+\}/, thing);
}

/** The path with the user's thing in it. */
function pathOf(path: string): string {
  const beginning = beginningOf(path);
  return beginning === null ? path : fill(path, things.get(beginning) ?? "");
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

/** Made when first asked for: one serves for all routes. */
function once(make: () => Promise<string>): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => (made ??= make());
}

const unwelcome: [string, () => Promise<string | undefined>][] = [
  ["no token", async () => undefined],
  ["an empty token", async () => ""],
  ["a malformed token", async () => "a.b.c"],
  ["an endless token", async () => "x".repeat(5000)],
  ["a token without signature", once(unsignedJwt)],
  ["a token signed with another key", once(otherKeysJwt)],
  ["an expired app JWT", () => user.appJwt(Date.now() - 1000)],
  ["an expired app token", once(expiredAppToken)],
  ["a revoked app token", once(revokedAppToken)],
  ["an ended session", once(endedSession)],
  ["an unsigned session token", async () => user.rawSessionToken],
  ["a session token signed by nobody", async () => `${user.rawSessionToken}.${Buffer.alloc(32).toString("base64")}`],
];

/** The ways of a user to say who they are. */
async function waysOf(who: TestUser): Promise<[string, Call][]> {
  const { token: appToken } = await who.addAppToken();
  return [
    ["a session's token", { token: who.token }],
    ["an app's JWT", { token: await who.appJwt() }],
    ["an app token", { token: appToken }],
    ["a cookie", { headers: { cookie: who.cookie, origin } }],
    [
      "a cookie on a page that may",
      {
        headers: { cookie: who.cookie, origin: "https://console.example" },
        bindings: { CORS_ORIGINS: "https://console.example" },
      },
    ],
  ];
}

/** There is one configuration for a tag: each that is made is for another. */
function anew({ method, path }: Route, body: unknown): unknown {
  return method === "POST" && path === "/v1/configurations" ? { ...(body as object), key: newId("tag") } : body;
}

describe.each(closedRoutes)("$method $path", (route) => {
  const { method } = route;
  const path = route.path + exampleQuery(description, route);
  const body = exampleBody(description, route);

  it.each(unwelcome)("refuses %s", async (_, makeToken) => {
    const token = await makeToken();
    const answer = await call(method, pathOf(path), { token, body });
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

  it.each([
    ["a device", 1],
    ["a device, long revoked", 99],
  ])("refuses the credential of %s", async (_, gen) => {
    const deviceId = things.get("/v1/devices/{id}") ?? "";
    const token = await signDeviceCredential(keys, { deviceId, hubId: user.hubId, gen });
    const answer = await call(method, pathOf(path), { token, body });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
  });

  it("prefers a wrong token to a right cookie", async () => {
    const headers = { cookie: user.cookie, origin };
    expect(await call(method, pathOf(path), { token: "wrong", headers, body })).toMatchObject({ status: 401 });
  });

  it("is not reached from a page of another site with the user's cookie", async () => {
    const origins: Record<string, string>[] = [{}, { origin: "https://evil.example" }, { origin: "null" }];
    for (const headers of origins) {
      const answer = await call(method, pathOf(path), { body, headers: { cookie: user.cookie, ...headers } });
      if (method === "GET") expect(answer.status).toBe(200);
      else expect(answer).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("shows and does nothing of somebody else's, whatever way a stranger comes", async () => {
    const stranger = await createUser();
    for (const [way, options] of await waysOf(stranger)) {
      const answer = await call(method, pathOf(path), { body: anew(route, body), ...options });
      const text = JSON.stringify(answer.body);
      for (const secret of [user.userId, user.hubId, things.get("/v1/devices/{id}")])
        expect(text).not.toContain(secret);
      if (beginningOf(path) === null) expect(answer.status, way).toBeLessThan(300);
      else expect(answer, way).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
    }
  });

  it("lets its owner in, whatever way they come", async () => {
    const owner = await createUser();
    const beginning = beginningOf(path);
    const make = beginning === null ? async () => "" : thingMakers[beginning];
    if (!make) throw new Error(`Say in thingMakers how a thing behind ${beginning} is made.`);
    for (const [way, options] of await waysOf(owner)) {
      const { status, body: answer } = await call(method, fill(path, await make(owner)), {
        body: anew(route, body),
        ...options,
      });
      expect(status, `${way}: ${JSON.stringify(answer)}`).toBeLessThan(300);
      expect(Object.keys(route.operation.responses)).toContain(String(status));
    }
  });
});

describe.each(socketRoutes)("$method $path, a socket", ({ method, path }) => {
  const open = (token?: string) =>
    call(method, path.replace("{hubKey}", makeHubKey(keys, user.hubId)), { token, headers: { upgrade: "websocket" } });

  it.each(unwelcome.filter(([name]) => !["no token", "a revoked app token"].includes(name)))(
    "refuses %s and wakes no hub",
    async (_, makeToken) => {
      const answer = await open(await makeToken());
      expect(answer).toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
    },
  );
});

describe.each(routes.filter(isDevices))("$method $path, for devices", ({ method, path }) => {
  it.each(unwelcome.filter(([name]) => name !== "a revoked app token"))(
    "refuses %s and wakes no hub",
    async (_, make) => {
      const counted = new CountedBindings();
      const answer = await call(method, path, { token: await make(), bindings: counted.bindings });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
      expect(counted).toMatchObject({ queries: 0, hubCalls: [], kvReads: 0 });
    },
  );

  it("refuses whoever is no device, whatever way they come", async () => {
    for (const [way, options] of await waysOf(user)) {
      const counted = new CountedBindings();
      const answer = await call(method, path, { ...options, bindings: { ...options.bindings, ...counted.bindings } });
      expect([401, 403], way).toContain(answer.status);
      expect(counted).toMatchObject({ queries: 0, hubCalls: [] });
    }
  });

  it("lets a device in with its own credential, as a bearer or with basic authentication", async () => {
    const deviceId = await user.addDevice();
    const { credential } = (await user.post(`/v1/devices/${deviceId}/credentials`)).body;
    expect(await call(method, path, { token: credential })).toMatchObject({ status: 200 });
    const authorization = `Basic ${Buffer.from(`any:${credential}`).toString("base64")}`;
    expect(await call(method, path, { headers: { authorization } })).toMatchObject({ status: 200 });
    expect(await call(method, `${path}?token=${credential}`)).toMatchObject({ status: 401 });
  });

  it("refuses a credential the hub does not know", async () => {
    const deviceId = things.get("/v1/devices/{id}") ?? "";
    const token = await signDeviceCredential(keys, { deviceId, hubId: user.hubId, gen: 99 });
    expect(await call(method, path, { token })).toMatchObject({ status: 401 });
  });
});

describe("routes that ask nobody who they are", () => {
  it("are these", () => {
    expect(openRoutes.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      "GET /healthz",
      "GET /readyz",
      "GET /v1/docs",
      "GET /v1/openapi.json",
      "GET /v1/sign-in-methods",
      "GET /v1/unsubscribe",
      "POST /v1/pairing/device_authorization",
      "POST /v1/pairing/token",
      "POST /v1/shared-dashboards/open",
      "POST /v1/unsubscribe",
    ]);
  });

  it.each(openRoutes)("$method $path takes no notice of tokens and cookies", async ({ method, path }) => {
    const ways: Call[] = [{}, { token: "wrong" }, { token: user.token }, { headers: { cookie: user.cookie, origin } }];
    const answers = await Promise.all(ways.map((way) => respond(method, path, way)));
    const told = await Promise.all(answers.map((answer) => answer.text()));
    const texts = told.map((text) => text.replace(/"requestId":"[^"]+"/, ""));
    for (const [i, { status, headers }] of answers.entries()) {
      expect([status, texts[i]]).toEqual([answers[0]?.status, texts[0]]);
      expect(headers.getSetCookie()).toEqual([]);
    }
  });
});

it("a token that names a user nobody knows sees nothing", async () => {
  const ghost = { userId: newId("usr"), hubId: newId("hub"), issuer: origin, expiresAt: Date.now() + 60_000 };
  const token = await signAppJwt(keys, ghost);
  expect(await call("GET", "/v1/devices", { token })).toMatchObject({ status: 200, body: { items: [] } });
  expect(await call("GET", pathOf("/v1/devices/{id}"), { token })).toMatchObject({ status: 404 });
});
