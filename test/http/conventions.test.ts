import { describe, expect, it, vi } from "vitest";
import { call, createUser } from "../support/api.ts";
import { databaseWith, emptyDatabase, olderDatabase, unreachable } from "../support/broken-database.ts";

describe("errors", () => {
  it("carry the request's id", async () => {
    const answer = await call("GET", "/nowhere", { headers: { "x-request-id": "mine-1" } });
    expect(answer).toMatchObject({
      status: 404,
      body: { error: { code: "not_found", message: "There is nothing at this address.", requestId: "mine-1" } },
    });
    expect(answer.headers.get("x-request-id")).toBe("mine-1");
  });

  it.each(["x".repeat(65), "a b", "<script>"])("do not repeat the request id %s", async (id) => {
    const answer = await call("GET", "/healthz", { headers: { "x-request-id": id } });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("name the methods of an address", async () => {
    const user = await createUser();
    const answer = await user.call("PUT", "/v1/devices");
    expect(answer).toMatchObject({ status: 405, body: { error: { code: "method_not_allowed" } } });
    expect(answer.headers.get("allow")).toBe("POST, GET");
    expect(await user.get("/v1/nothing")).toMatchObject({ status: 404 });
  });

  it.each([
    ["malformed JSON", { rawBody: '{"name":', headers: { "content-type": "application/json" } }, 400, "bad_request"],
    ["no body", { headers: { "content-type": "application/json" } }, 400, "bad_request"],
    ["no content type", { rawBody: new TextEncoder().encode('{"name":"a"}') }, 415, "unsupported_media_type"],
    ["text", { rawBody: '{"name":"a"}', headers: { "content-type": "text/plain" } }, 415, "unsupported_media_type"],
    ["a form", { rawBody: new URLSearchParams({ name: "a" }) }, 415, "unsupported_media_type"],
    ["a huge body", { body: { name: "n".repeat(600_000) } }, 413, "payload_too_large"],
  ])("refuse %s", async (_, options, status, code) => {
    const user = await createUser();
    expect(await user.call("POST", "/v1/devices", options)).toMatchObject({ status, body: { error: { code } } });
  });

  it("refuse a huge body that does not say how long it is", async () => {
    const user = await createUser();
    const chunk = new TextEncoder().encode(" ".repeat(100_000));
    let chunks = 0;
    const rawBody = new ReadableStream({
      pull: (controller) => (chunks++ < 8 ? controller.enqueue(chunk) : controller.close()),
    });
    const headers = { "content-type": "application/json" };
    expect(await user.call("POST", "/v1/devices", { rawBody, headers })).toMatchObject({ status: 413 });
  });
});

describe("an unexpected failure", () => {
  it("tells the caller nothing and the log everything but secrets", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const user = await createUser();
    const id = await user.addDevice();
    await user.markHubStarted();
    const answer = await user.call("GET", `/v1/devices/${id}/presence?secret=1`, {
      bindings: { USER_HUB: { getByName: () => ({ presence: null }) } as unknown as Env["USER_HUB"] },
    });
    expect(answer.status).toBe(500);
    expect(answer.body.error).toEqual({
      code: "internal",
      message: "Something went wrong on our side. It has been logged.",
      requestId: answer.headers.get("x-request-id"),
    });
    expect(log).toHaveBeenCalledOnce();
    const line = String(log.mock.calls[0]?.[0]);
    expect(JSON.parse(line)).toMatchObject({
      event: "request_failed",
      method: "GET",
      requestId: answer.body.error.requestId,
    });
    expect(line).not.toContain("secret");
    expect(line).not.toContain(user.rawSessionToken);
    log.mockRestore();
  });
});

describe("the database", () => {
  it.each([
    ["has no schema", emptyDatabase],
    ["is older than the program", olderDatabase],
  ])("%s: the command is named", async (_, open) => {
    const user = await createUser();
    const bindings = { DB: open() };
    for (const path of ["/v1/devices", "/api/auth/get-session"]) {
      const answer = await user.call("GET", path, { bindings });
      expect(answer).toMatchObject({ status: 503, body: { error: { code: "schema_outdated" } } });
      expect(answer.body.error.message).toMatch(/npm run migrate.*npm run deploy/);
      expect(answer.headers.get("retry-after")).toBe("30");
    }
  });

  it("is asked for its schema once", async () => {
    const user = await createUser();
    const statements: string[] = [];
    const DB = databaseWith((statement) => (statements.push(statement), statement));
    for (let i = 0; i < 3; i++) await user.call("GET", "/v1/devices", { bindings: { DB } });
    expect(statements.filter((statement) => statement.includes("d1_migrations"))).toHaveLength(1);
    expect(statements.length).toBeGreaterThan(6);
  });

  it.each(["/v1/devices", "/api/auth/get-session", "/api/auth/token"])(
    "is down: %s says to come back",
    async (path) => {
      const log = vi.spyOn(console, "error").mockImplementation(() => {});
      const user = await createUser();
      let reachable = false;
      const DB = databaseWith((statement) => (reachable ? statement : unreachable()));
      const expectRetry = async () => {
        const answer = await user.call("GET", path, { bindings: { DB } });
        expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
        expect(answer.headers.get("retry-after")).toBe("5");
        expect(JSON.stringify(answer.body)).not.toContain("D1");
      };
      await expectRetry();
      reachable = true;
      expect(await user.call("GET", path, { bindings: { DB } })).toMatchObject({ status: 200 });
      reachable = false;
      await expectRetry();
      expect(log.mock.calls.flat().join("\n")).not.toContain(user.rawSessionToken);
      log.mockRestore();
    },
  );

  it("is not needed for a sign of life", async () => {
    const answer = await call("GET", "/healthz", { bindings: { DB: databaseWith(unreachable) } });
    expect(answer).toMatchObject({ status: 200, body: { status: "ok" } });
  });
});

describe("pages of other origins", () => {
  const bindings = { CORS_ORIGINS: "https://console.example, https://other.example" };

  it("may call when they are configured", async () => {
    const answer = await call("OPTIONS", "/v1/devices", {
      bindings,
      headers: { origin: "https://console.example", "access-control-request-method": "PATCH" },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://console.example");
    expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
    expect(answer.headers.get("access-control-allow-methods")).toContain("PATCH");
    const refused = await call("GET", "/v1/devices", { bindings, headers: { origin: "https://other.example" } });
    expect(refused.headers.get("access-control-allow-origin")).toBe("https://other.example");
    expect(refused.headers.get("access-control-expose-headers")).toContain("x-request-id");
  });

  it("may not when they are not", async () => {
    const answer = await call("GET", "/v1/devices", { bindings, headers: { origin: "https://evil.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("every answer", () => {
  it("has headers that keep browsers from guessing, framing and storing", async () => {
    const { headers } = await (await createUser()).get("/v1/devices");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("strict-transport-security")).toContain("max-age");
    expect(headers.get("cache-control")).toBe("no-store");
  });
});
