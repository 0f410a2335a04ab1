// What the API answers when MySQL is away, empty or old, and what it tells the log.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/store/open-store.ts";
import { call, createUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";

const bindings = { DATABASE_URL: env.DOWN_DATABASE_URL };
const { password } = new URL(env.DOWN_DATABASE_URL || "http://none");

describe("MySQL", () => {
  it.each(["/v1/devices", "/api/auth/get-session"])("is down: %s says to come back", async (path) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const user = await createUser();
    const answer = await user.call("GET", path, { bindings });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(answer.headers.get("retry-after")).toBe("5");
    const logged = log.mock.calls.flat().join("\n");
    expect(logged).toContain("unavailable");
    for (const secret of [password, user.rawSessionToken]) expect(logged).not.toContain(secret);
    log.mockRestore();
  });

  it("is not needed for a sign of life", async () => {
    expect(await call("GET", "/healthz", { bindings })).toMatchObject({ status: 200 });
  });

  it("refuses the password: nobody is told to try again, nor what is wrong", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const url = new URL(env.DATABASE_URL ?? "");
    url.password = "wrong";
    const answer = await (await createUser()).call("GET", "/v1/devices", { bindings: { DATABASE_URL: url.href } });
    expect(answer).toMatchObject({ status: 500, body: { error: { code: "internal" } } });
    expect(log.mock.calls.flat().join("\n")).toContain("invalid authorization");
    log.mockRestore();
  });

  it("lacks the newest migration: the command is named", async () => {
    const [{ name } = { name: "" }] = await queryDatabase(
      "select name from homeport_migrations where name like '%.sql' order by name desc limit 1",
    );
    await queryDatabase("update homeport_migrations set name = 'away' where name = ?", name);
    try {
      // A store of its own: the one in use remembers that it was checked.
      const url = `${env.DATABASE_URL}/${newId("db")}`;
      const answer = await (await createUser()).call("GET", "/v1/devices", { bindings: { DATABASE_URL: url } });
      expect(answer).toMatchObject({ status: 503, body: { error: { code: "schema_outdated" } } });
      expect(answer.body.error.message).toMatch(/npm run migrate.*npm run deploy/);
      expect(answer.headers.get("retry-after")).toBe("30");
    } finally {
      await queryDatabase("update homeport_migrations set name = ? where name = 'away'", name);
    }
  });

  it("repeats a batch that met a deadlock, whole", async () => {
    const user = await createUser();
    const ids = [await user.addDevice(), await user.addDevice()];
    const { hubs, devices } = openStore(env);
    await Promise.all(
      Array.from({ length: 16 }, (_, i) => {
        const ref = { userId: user.userId, deviceId: ids[i % 2] ?? "" };
        const notice = { id: newId("out"), now: 1, retryAt: 2 };
        return i % 4 === 0 ? hubs.credentialStates(ids) : devices.issueCredential(ref, notice);
      }),
    );
    const states = await hubs.credentialStates(ids);
    expect(states.map(({ gen }) => gen)).toEqual([4, 8]);
  });
});

describe("DATABASE_URL", () => {
  it.each(["mysql://host/db", "postgres://a:b@host", "http://a:b@db.example", "nonsense", "https://a@host"])(
    "may not be %s; the message names the variable and not the value",
    async (url) => {
      const log = vi.spyOn(console, "error").mockImplementation(() => {});
      const answer = await call("GET", "/v1/devices", { bindings: { DATABASE_URL: url } });
      expect(answer.status).toBe(500);
      const logged = log.mock.calls.flat().join("\n");
      expect(logged).toContain("DATABASE_URL: must be mysql://");
      expect(logged).not.toContain(url);
      log.mockRestore();
    },
  );
});
