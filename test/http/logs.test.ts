// What the log says of requests, and what it must not say.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bareCall } from "../../src/domain/hub-call.ts";
import { hubStub } from "../../src/hub-stub.ts";
import { type Call, call, createUser } from "../support/api.ts";
import { databaseWith, emptyDatabase, olderDatabase, unreachable } from "../support/broken-database.ts";
import { RecordedHubs } from "../support/recorded-hubs.ts";

const lines: Record<string, unknown>[] = [];
let raw = "";

beforeEach(() => {
  lines.length = 0;
  raw = "";
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => {
      raw += line;
      lines.push({ level, ...JSON.parse(line) });
    });
  }
});
afterEach(() => vi.restoreAllMocks());

const all: Call = { bindings: { LOG_SAMPLE_RATE: "1" } };

describe("a request", () => {
  it("is one line that names the route and the user", async () => {
    const user = await createUser();
    const id = await user.addDevice();
    lines.length = 0;
    const { headers } = await user.call("GET", `/v1/devices/${id}?secret=1`, all);
    expect(lines).toEqual([
      {
        level: "log",
        event: "request",
        requestId: headers.get("x-request-id"),
        method: "GET",
        route: "/v1/devices/:id",
        status: 200,
        ms: expect.any(Number),
        userId: user.userId,
      },
    ]);
    expect(raw).not.toContain(id);
    expect(raw).not.toContain("secret");
  });

  it.each<[string, string, Call, Record<string, unknown>]>([
    ["GET", "/nowhere/else", {}, { route: null, status: 404 }],
    ["GET", "/v1/devices", {}, { route: "/v1/devices", status: 401 }],
    ["GET", "/v1/checkin?secret=1", { token: "wrong" }, { route: "/v1/checkin", status: 401 }],
    ["POST", "/v1/checkin", { token: "wrong", body: { secret: 1 } }, { route: "/v1/checkin", status: 401 }],
    ["GET", "/v1/pairing/BCDF-GHJK", { token: "wrong" }, { status: 401 }],
    ["GET", "/mqtt/hub_secret", { headers: { upgrade: "websocket" } }, { route: "/mqtt/:hubKey", status: 401 }],
    ["GET", "/api/auth/reset-password/secret", {}, {}],
    ["POST", "/api/auth/sign-in/email", { body: { email: "ada@example.com", password: "secret" } }, { status: 401 }],
    ["POST", "/v1/pairing/token", { rawBody: new URLSearchParams({ device_code: "secret" }) }, { status: 400 }],
  ])("%s %s says nothing of codes, tokens, addresses and bodies", async (method, path, options, expected) => {
    await call(method, path, { ...options, ...all });
    expect(lines).toMatchObject([{ event: "request", ...expected }]);
    expect(raw).not.toMatch(/secret|ada@|BCDF|wrong/);
  });

  it("is left out unless the sample takes it", async () => {
    const user = await createUser();
    await user.call("GET", "/v1/devices", { bindings: { LOG_SAMPLE_RATE: "0" } });
    expect(lines).toEqual([]);
    vi.spyOn(Math, "random").mockReturnValueOnce(0.29).mockReturnValueOnce(0.3);
    for (let i = 0; i < 2; i++) await call("GET", "/healthz", { bindings: { LOG_SAMPLE_RATE: "0.3" } });
    expect(lines).toHaveLength(1);
  });

  it("that fails on our side is always there, with the cause", async () => {
    const user = await createUser();
    const bindings = { LOG_SAMPLE_RATE: "0", DB: databaseWith(unreachable) };
    const { body } = await user.call("GET", "/v1/devices", { bindings });
    expect(lines).toMatchObject([
      {
        level: "error",
        event: "request_failed",
        requestId: body.error.requestId,
        route: expect.stringMatching(/^\/v1\//),
        status: 503,
        error: expect.stringContaining("The database does not answer"),
        cause: expect.stringContaining("Network connection lost"),
      },
    ]);
  });
});

describe("a request's id", () => {
  it("goes with every call of a hub", async () => {
    const user = await createUser();
    const id = await user.addDevice();
    await user.markHubStarted();
    const hubs = new RecordedHubs();
    const options = { bindings: { USER_HUB: hubs.USER_HUB }, headers: { "x-request-id": "mine-1" } };
    await user.call("POST", `/v1/devices/${id}/credentials`, options);
    await user.call("GET", `/v1/devices/${id}/presence`, options);
    await user.call("POST", `/v1/devices/${id}/messages`, { ...options, body: { topic: "set/led", payload: "on" } });
    expect(hubs.requestIds).toEqual(["mine-1", "mine-1", "mine-1"]);
  });

  it("is in what the hub logs of a call that failed", async () => {
    const user = await createUser();
    const message = { topic: "a", payload: null as unknown as Uint8Array, qos: 0, retain: true } as const;
    const failing = async () =>
      hubStub(env.USER_HUB, user.hubId).publish(message, { ...bareCall, requestId: "mine-2" });
    await expect(failing()).rejects.toThrow();
    expect(lines).toMatchObject([{ event: "hub.call.failed", call: "publish", requestId: "mine-2" }]);
  });
});

describe("a configuration that is wrong", () => {
  it.each<[string, Partial<Env>]>([
    ["MAX_BODY_BYTES", { MAX_BODY_BYTES: "lots" }],
    ["PUBLIC_URL", { PUBLIC_URL: "secret words" }],
    ["SESSION_SECRET", { SESSION_SECRET: "secret" }],
    ["SIGNING_KEYS", { SIGNING_KEYS: "k1:secret" }],
  ])(
    "is refused with the name of %s in the log, and neither there nor in the answer its value",
    async (name, bindings) => {
      for (const path of ["/readyz", "/v1/devices", "/mqtt"]) {
        lines.length = 0;
        const answer = await call("GET", path, { bindings, headers: { upgrade: "websocket" } });
        expect(answer).toMatchObject({ status: 500, body: { error: { code: "internal" } } });
        expect(JSON.stringify(answer.body)).not.toContain(name);
        expect(lines).toMatchObject([{ event: "request_failed", error: expect.stringContaining(name) }]);
      }
      expect(raw).not.toMatch(/lots|secret/);
      expect(await call("GET", "/healthz", { bindings })).toMatchObject({ status: 200 });
    },
  );
});

describe("/readyz", () => {
  it("says whether the database answers, asking it once a second", async () => {
    const statements: string[] = [];
    let reachable = true;
    const DB = databaseWith((statement) => (statements.push(statement), reachable ? statement : unreachable()));
    const ask = () => call("GET", "/readyz", { bindings: { DB } });
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      for (let i = 0; i < 5; i++) expect(await ask()).toMatchObject({ status: 200, body: { status: "ok" } });
      expect(statements).toHaveLength(1);
      reachable = false;
      vi.setSystemTime(Date.now() + 1000);
      expect(await ask()).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
      expect(await ask()).toMatchObject({ status: 503 });
      expect(statements).toHaveLength(2);
      reachable = true;
      vi.setSystemTime(Date.now() + 1000);
      expect(await ask()).toMatchObject({ status: 200 });
    } finally {
      vi.useRealTimers();
    }
  });

  it("says that the schema is old", async () => {
    for (const DB of [emptyDatabase(), olderDatabase()]) {
      const answer = await call("GET", "/readyz", { bindings: { DB } });
      expect(answer).toMatchObject({ status: 503, body: { error: { code: "schema_outdated" } } });
    }
  });
});
