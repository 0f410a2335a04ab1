// What is metered of the work that is done around a hub: at the edge, in KV, and in its own calls, none counted twice.
import { describe, expect, it, vi } from "vitest";
import { call, createUser, type TestUser } from "../support/api.ts";
import { addDevice } from "../support/connections.ts";
import { CountedBindings } from "../support/counted-bindings.ts";
import { TestHub } from "../support/hub.ts";
import { counted, hubKey } from "../../src/domain/prices/hub-usage.ts";

async function lineOf(user: TestUser, key: string) {
  const { body } = await user.get("/v1/usage?by=device");
  return body.items.find((item: { key: string }) => item.key === key);
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
    for (let i = 0; i < 5; i++) await poll();
    expect((await lineOf(user, id)).requests).toBe(before.requests);
    await poll("?fresh=1");
    const after = await lineOf(user, id);
    expect(after.requests - before.requests).toBe(1);
    // The five, and the one that found it kept.
    const requests = after.operations.workerRequests - before.operations.workerRequests;
    expect(requests).toBeGreaterThanOrEqual(1 + 5 + 1);
    expect(after.operations.kvReads).toBeGreaterThanOrEqual(1);
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
