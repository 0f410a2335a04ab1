// What is metered of the work that is done around a hub: at the edge, in KV, R2 and the queue, and in its own calls, none counted twice.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { appsKey, counted, hubKey, noUsage } from "../../src/domain/prices/hub-usage.ts";
import { runJobs } from "../../src/jobs/queue.ts";
import type { Job } from "../../src/services/jobs.ts";
import { EdgeTally } from "../../src/services/usage/edge-tally.ts";
import { call, createUser, password, signIn, signUp, type TestUser } from "../support/api.ts";
import { addDevice, connected, hubOf } from "../support/connections.ts";
import { CountedBindings } from "../support/counted-bindings.ts";
import { newExport } from "../support/exports.ts";
import { TestHub } from "../support/hub.ts";

type Line = { requests: number; operations: Record<string, number> };

async function lineOf(user: TestUser, key: string): Promise<Line> {
  const { body } = await user.get("/v1/usage?by=device");
  return body.items.find((item: Line & { key: string }) => item.key === key) ?? { requests: 0, operations: {} };
}

/** How much more of an operation a line says after something was done. The question itself is a request of the apps. */
async function added(user: TestUser, key: string, operation: string, act: () => Promise<unknown>): Promise<number> {
  const before = (await lineOf(user, key)).operations[operation] ?? 0;
  await act();
  const after = (await lineOf(user, key)).operations[operation] ?? 0;
  return after - before - (key === appsKey && operation === "workerRequests" ? 1 : 0);
}

/** A user whose hub runs, with a device. */
async function started() {
  const user = await createUser();
  const device = await addDevice(user);
  await user.post(`/v1/devices/${device.id}/messages`, { topic: "set/led", payload: "on" });
  return { user, ...device };
}

describe("a device that polls", () => {
  it("is billed what it was answered without its hub, when it calls the hub next", async () => {
    const user = await createUser();
    const { id, credential } = await addDevice(user);
    const { bindings, ...edge } = { ...new CountedBindings() };
    const poll = (query = "") => call("POST", `/v1/checkin${query}`, { token: credential, bindings });
    // Neither the cache nor KV has it.
    await poll();
    // Once it is kept, polls cost a request of the Worker each, and no call.
    await vi.waitFor(async () => {
      const calls = edge.hubCalls.length;
      await poll();
      expect(edge.hubCalls.length).toBe(calls);
    });
    const before = await lineOf(user, id);
    expect(before.operations["kvReads"]).toBeGreaterThanOrEqual(1);
    const requests = await added(user, id, "workerRequests", async () => {
      for (let i = 0; i < 5; i++) await poll();
      await poll("?fresh=1");
    });
    expect(requests).toBe(5 + 1);
    expect((await lineOf(user, id)).requests - before.requests).toBe(1);
  });
});

describe("a request that reaches no hub", () => {
  it("is its user's, of the device in its path or of the apps, once the hub is called; another's hub hears nothing of it", async () => {
    const [{ user, id }, other] = [await started(), await started()];
    const ask = async () => {
      for (let i = 0; i < 3; i++) await user.get("/v1/devices");
      await user.get(`/v1/devices/${newId("dev")}`);
      for (let i = 0; i < 2; i++) await user.get(`/v1/devices/${id}`);
      await call("GET", "/v1/devices", { token: "nobody's" });
    };
    expect(await added(user, id, "workerRequests", ask)).toBe(2);
    expect(await added(other.user, appsKey, "workerRequests", ask)).toBe(0);
    expect(await added(user, appsKey, "workerRequests", ask)).toBe(4);
    const { body } = await user.get("/v1/usage");
    expect(body.items.map(({ key }: { key: string }) => key)).toEqual([appsKey, id, hubKey]);
  });

  it("travels with a socket, too", async () => {
    const { user } = await started();
    for (let i = 0; i < 3; i++) await user.get("/v1/devices");
    await connected(user);
    const answer = await hubOf(user).usage(0, Math.floor(Date.now() / 86_400_000));
    if (!answer.ok) throw new Error(answer.message);
    const edge = answer.value.map(({ counts }) => counts.get(appsKey)?.[counted.edgeRequests] ?? 0);
    // With making the device, which was before.
    expect(edge.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(3);
    expect(await added(user, appsKey, "workerRequests", async () => {})).toBe(0);
  });

  it("is that of a person who signs in, when their hub runs", async () => {
    const { headers, body } = await signUp();
    const token = headers.get("set-auth-token") as string;
    const ask = (method: string, path: string, json?: unknown) => call(method, path, { token, body: json });
    const device = (await ask("POST", "/v1/devices", { name: "Lamp" })).body;
    await ask("POST", `/v1/devices/${device.id}/messages`, { topic: "set/led", payload: "on" });
    const before = (await ask("GET", "/v1/usage")).body.total.operations.workerRequests;
    await signIn(body.user.email, { password });
    await ask("GET", "/api/auth/get-session");
    const after = (await ask("GET", "/v1/usage")).body.total.operations.workerRequests;
    expect(after - before).toBe(3);
  });

  it.each(["before the hub hears of it", "after the hub has answered"])(
    "is never billed twice: a call that fails %s takes it along",
    async (when) => {
      const { user, id } = await started();
      const isHeard = when.startsWith("after");
      const failing = {
        getByName: (name: string) => ({
          async publish(...input: Parameters<ReturnType<typeof hubOf>["publish"]>) {
            if (isHeard) await env.USER_HUB.getByName(name).publish(...input);
            throw new Error("Network connection lost.");
          },
        }),
      } as unknown as Env["USER_HUB"];
      const requests = await added(user, appsKey, "workerRequests", async () => {
        for (let i = 0; i < 3; i++) await user.get("/v1/devices");
        const body = { topic: "set/led", payload: "on" };
        const path = `/v1/devices/${id}/messages`;
        const { status } = await call("POST", path, { token: user.token, body, bindings: { USER_HUB: failing } });
        expect(status).toBe(503);
      });
      expect(requests).toBe(isHeard ? 3 : 0);
    },
  );
});

describe("R2 and the queue", () => {
  it("are the device's whose history is read, each object", async () => {
    const { user, id } = await started();
    const counts = new CountedBindings();
    const path = `/v1/devices/${id}/streams/t?from=${Date.now() - 3 * 86_400_000}&resolution=minute`;
    const read = () => call("GET", path, { token: user.token, bindings: counts.bindings });
    const reads = await added(user, id, "r2ReadOperations", read);
    expect(counts.r2Reads).toBeGreaterThan(0);
    expect(reads).toBe(counts.r2Reads);
  });

  it("are the account's that an export takes, whose calls are no requests of the Worker", async () => {
    const { user } = await started();
    const exportId = await newExport(user);
    const counts = new CountedBindings();
    const run = async () => {
      const message = { body: { type: "export", exportId }, attempts: 2, ack() {}, retry() {} };
      const batch = { messages: [message] } as unknown as MessageBatch<Job>;
      await runJobs(batch, { ...env, ...counts.bindings });
    };
    const before = await lineOf(user, appsKey);
    expect(await added(user, appsKey, "workerRequests", run)).toBe(0);
    const after = await lineOf(user, appsKey);
    const more = (name: string) => (after.operations[name] ?? 0) - (before.operations[name] ?? 0);
    expect(counts.hubCalls.length).toBeGreaterThan(3);
    expect(counts.r2Writes).toBeGreaterThan(0);
    expect(more("r2WriteOperations")).toBe(counts.r2Writes);
    expect(more("r2ReadOperations")).toBe(counts.r2Reads);
    // A second attempt is another read.
    expect(more("queueOperations")).toBe(1);
    // Three questions about usage.
    expect(after.requests - before.requests).toBe(counts.hubCalls.length + 3);
  });
});

describe("what waits for a call", () => {
  it("is bounded: the user who was heard of first is forgotten", () => {
    const tally = new EdgeTally(4);
    const one = [...noUsage(), 1] as ReturnType<typeof noUsage>;
    for (const key of ["a", "b", "a"]) tally.add("first", key, one);
    for (const key of ["a", "b"]) tally.add("second", key, one);
    tally.add("third", "a", one);
    expect(tally.forgotten).toBe(2);
    expect(tally.take("first", 10)).toEqual([]);
    expect(tally.take("second", 1)).toEqual([["a", one]]);
    expect(tally.take("second", 1)).toEqual([["b", one]]);
    expect(tally.take("second", 1)).toEqual([]);
    for (let i = 0; i < 3; i++) tally.add("fourth", String(i), one);
    expect(tally.forgotten).toBe(2);
    expect(tally.take("third", 10)).toEqual([["a", one]]);
  });
});

describe("a hub", () => {
  it("counts a call once, whatever it makes of it", async () => {
    const hub = new TestHub();
    const requests = async () => {
      const answer = await hub.stub.usage(0, Math.floor(Date.now() / 86_400_000));
      const days = answer.ok ? answer.value : [];
      return days.reduce((sum, { counts }) => sum + (counts.get(hubKey)?.[counted.requests] ?? 0), 0);
    };
    const { id } = await hub.addDevice();
    // With the question itself.
    let known = await requests();
    expect(known).toBe(2);
    const calls: (() => Promise<unknown>)[] = [
      () => hub.addDevice(),
      () => hub.stub.streams(id),
      () => hub.stub.recentHistory([id], { name: "t", from: 0, to: 1, resolution: "minute" }),
      () => hub.stub.lastCheckIn(id),
      () => hub.stub.presence(id),
      () => hub.stub.retainedMessages(null),
    ];
    for (const act of calls) {
      await act();
      const now = await requests();
      expect(now - known, String(act)).toBe(2);
      known = now;
    }
  });
});
