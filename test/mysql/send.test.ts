// Which of the driver's requests are repeated after which failures. Sent to a stand-in, without waiting.
import { Client, DatabaseError } from "@planetscale/database";
import { describe, expect, it } from "vitest";
import { NoAnswer, failureOf } from "../../src/store/mysql/failures.ts";
import { maxAttempts, sendThrough } from "../../src/store/mysql/send.ts";

type Outcome = "ok" | "lost" | { status?: number; errno?: number; code?: string };

const deadlock = { errno: 1213, code: "ABORTED" };
const interrupted = { errno: 2013, code: "UNAVAILABLE" };
const refused = { errno: 2003, code: "UNAVAILABLE" };
const duplicate = { errno: 1062, code: "ALREADY_EXISTS" };
const proxyPage = { status: 502 };

/** A client whose requests end as listed, then well; and the statements that were sent. */
function clientWith(...outcomes: Outcome[]) {
  const sent: string[] = [];
  const fetcher = async (_url: unknown, request?: { body?: unknown }): Promise<Response> => {
    const { query, session } = JSON.parse(String(request?.body)) as { query: string; session: unknown };
    sent.push(query);
    const outcome = outcomes.shift() ?? "ok";
    if (outcome === "lost") throw new TypeError("Network connection lost.");
    if (outcome === "ok") return Response.json({ session: query === "BEGIN" ? { id: "1" } : session, result: {} });
    if (outcome.status) return new Response("<h1>Bad Gateway</h1>", { status: outcome.status });
    return Response.json({ error: { code: outcome.code, message: `no (errno ${outcome.errno}) (sqlstate HY000)` } });
  };
  return {
    client: new Client({ url: "http://a:b@127.0.0.1:1", fetch: sendThrough(fetcher as typeof fetch, async () => {}) }),
    sent,
  };
}

async function attempts(statement: string, ...outcomes: Outcome[]): Promise<number> {
  const { client, sent } = clientWith(...outcomes);
  await client.execute(statement).catch(() => {});
  return sent.length;
}

describe("a read", () => {
  it.each([["lost" as const], [deadlock], [interrupted], [refused], [proxyPage]])(
    "is repeated after %o",
    async (outcome) => {
      expect(await attempts("select 1", outcome)).toBe(2);
      expect(await attempts("select 1", outcome, outcome, outcome)).toBe(4);
    },
  );

  it("is given up after some attempts", async () => {
    const { client, sent } = clientWith(...Array.from({ length: 9 }, () => "lost" as const));
    await expect(client.execute("select 1")).rejects.toThrow(NoAnswer);
    expect(sent).toHaveLength(maxAttempts);
  });

  it("is not repeated after what will not pass", async () => {
    expect(await attempts("select 1", { errno: 1146, code: "NOT_FOUND" })).toBe(1);
    expect(await attempts("select 1", { status: 401 })).toBe(1);
  });
});

describe("a write", () => {
  it.each([[deadlock], [refused], [{ errno: 1205, code: "ABORTED" }], [{ status: 429 }]])(
    "is repeated after %o, which left nothing",
    async (outcome) => {
      expect(await attempts("insert into a values (1)", outcome)).toBe(2);
    },
  );

  it.each([["lost" as const], [interrupted], [proxyPage], [duplicate]])("is not repeated after %o", async (outcome) => {
    expect(await attempts("insert into a values (1)", outcome)).toBe(1);
    expect(await attempts("update a set b = 1", outcome)).toBe(1);
    expect(await attempts("delete from a", outcome)).toBe(1);
  });
});

describe("a transaction", () => {
  it("begins again, but none of its statements is repeated", async () => {
    const { client, sent } = clientWith("lost", "ok", deadlock);
    await expect(client.transaction((tx) => tx.execute("select 1"))).rejects.toThrow("1213");
    expect(sent).toEqual(["BEGIN", "BEGIN", "select 1", "ROLLBACK"]);
  });

  it("fails with its own failure when even ROLLBACK fails", async () => {
    const { client } = clientWith("ok", duplicate, "lost");
    const failed = await client.transaction((tx) => tx.execute("insert into a values (1)")).catch((error) => error);
    expect(failed).toBeInstanceOf(DatabaseError);
    expect(failureOf(failed)).toMatchObject({ errno: 1062, isTransient: false });
  });

  it("that could not begin is not rolled back", async () => {
    const { client, sent } = clientWith("lost", "lost", "lost", "lost");
    await expect(client.transaction((tx) => tx.execute("select 1"))).rejects.toThrow(NoAnswer);
    expect(sent).toEqual(["BEGIN", "BEGIN", "BEGIN", "BEGIN"]);
  });

  it("whose COMMIT got no answer is not repeated", async () => {
    const { client, sent } = clientWith("ok", "ok", "lost");
    await expect(client.transaction((tx) => tx.execute("delete from a"))).rejects.toThrow(NoAnswer);
    expect(sent).toEqual(["BEGIN", "delete from a", "COMMIT", "ROLLBACK"]);
  });
});
