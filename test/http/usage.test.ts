// What the API says of usage and its price: with a real hub, after what real clients did.
import { describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { call, createUser } from "../support/api.ts";
import { addDevice, connected, hubOf, steps } from "../support/connections.ts";
import { useManualClock } from "../support/time.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The middle of the next month's 15th day: later than now, so that no token is from the future. */
const noon = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1, 15, 12);

describe.each(steps)("usage, hub %s,", (_, step) => {
  useManualClock();

  it("is of each device, of the apps and of the hub, with its operations and price", async () => {
    vi.setSystemTime(noon);
    const user = await createUser();
    const { id, credential } = await addDevice(user);
    const device = await connected(user, { password: credential });
    await step(user);
    for (let i = 0; i < 39; i++) {
      vi.setSystemTime(Date.now() + 1000);
      device.publish("shared/t", String(i));
      await device.settle();
    }
    await step(user);
    const { status, body } = await user.get("/v1/usage?by=device");
    expect(status).toBe(200);
    expect(body).toMatchObject({ by: "device", currency: "USD", pricesReadAt: "2026-11", nextCursor: null });
    expect(body.items.map(({ key }: { key: string }) => key)).toEqual(["apps", id, "hub"]);
    // CONNECT, 39 messages, 39 pings; of those in one second only the first is sure to outlive an eviction.
    const [, own] = body.items;
    expect(own.messages).toBeGreaterThanOrEqual(78);
    expect(own.messages).toBeLessThanOrEqual(79);
    expect(own.requests).toBe(1);
    expect(own.operations.objectRequests).toBeCloseTo(own.messages / 20 + 1, 9);
    expect(own.gross).toBeCloseTo(((own.messages / 20 + 1) * 0.15 + 0.3) / 1e6, 5);
    expect(own.net).toBe(0);
    expect(body.total.operations.storedGigabyteMonths).toBeGreaterThan(0);
    expect(body.total.gross).toBeGreaterThanOrEqual(own.gross);
    // 14.5 days are as good as half a month.
    expect(body.projectedMonth.gross).toBeCloseTo((body.total.gross * 30) / 14.5, 5);
  });

  it("is of each day and of each operation, if asked, and of the range that is asked for", async () => {
    vi.setSystemTime(noon);
    const user = await createUser();
    const { credential } = await addDevice(user);
    const device = await connected(user, { password: credential, keepalive: 0, protocolVersion: 4 });
    for (let day = 0; day < 3; day++) {
      for (let i = 0; i < 5; i++) {
        vi.setSystemTime(Date.now() + hourMs);
        await device.settle();
      }
      await step(user);
      vi.setSystemTime(Date.now() + dayMs - 5 * hourMs);
    }
    // The sign-in is over by now.
    const token = await user.appJwt(Date.now() + 60_000);
    const ask = (path: string) => call("GET", path, { token });
    const { body } = await ask("/v1/usage?by=day");
    const first = new Date(noon).toISOString().slice(0, 10);
    expect(body.items[0]).toMatchObject({ key: first });
    expect(body.items.length).toBeGreaterThanOrEqual(3);
    const sum = body.items.reduce((total: number, { messages }: { messages: number }) => total + messages, 0);
    expect(sum).toBe(body.total.messages);
    expect(sum).toBe(1 + 15);
    const { body: one } = await ask(`/v1/usage?by=day&from=${noon}&to=${noon + 1}`);
    expect(one.items.map(({ key }: { key: string }) => key)).toEqual([first]);
    expect(one).toMatchObject({ from: noon - dayMs / 2, to: noon + dayMs / 2 });
    const { body: operations } = await ask("/v1/usage?by=operation");
    expect(operations.items.map(({ key }: { key: string }) => key)).toContain("objectRequests");
    const gross = operations.items.reduce((total: number, line: { gross: number }) => total + line.gross, 0);
    expect(gross).toBeCloseTo(operations.total.gross, 5);
  });

  it("comes in pages", async () => {
    vi.setSystemTime(noon);
    const user = await createUser();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { id, credential } = await addDevice(user);
      ids.push(id);
      await connected(user, { password: credential });
      await step(user);
    }
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body } = await user.get(`/v1/usage?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ key }: { key: string }) => key));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(["apps", ...ids.toSorted(), "hub"]);
  });
});

describe("usage", () => {
  it("is nothing for a hub that never ran, which asking does not start", async () => {
    const user = await createUser();
    const { body } = await user.get("/v1/usage");
    expect(body).toMatchObject({ items: [], total: { messages: 0, gross: 0, net: 0 }, projectedMonth: { gross: 0 } });
    const answer = await hubOf(user).usage(0, 100_000);
    if (!answer.ok) throw new Error(answer.message);
    expect(answer.value.flatMap(({ counts }) => [...counts])).toEqual([["hub", expect.anything()]]);
  });

  it("refuses ranges that are none, too long or not numbers", async () => {
    const user = await createUser();
    const now = Date.now();
    for (const query of [
      `from=${now}&to=${now - 1}`,
      `from=${now + dayMs}`,
      `from=${now - 93 * dayMs}`,
      "from=yesterday",
      "from=-1",
      "to=1e300",
      "by=user",
      "limit=0",
      "limit=201",
    ]) {
      expect(await user.get(`/v1/usage?${query}`), query).toMatchObject({
        status: 400,
        body: { error: { code: "bad_request" } },
      });
    }
    expect(await user.get(`/v1/usage?to=${now + 1000 * dayMs}`)).toMatchObject({ status: 200 });
    expect(await user.get(`/v1/usage?cursor=${newId("dev")}`)).toMatchObject({ status: 200, body: { items: [] } });
  });

  it("takes the deployment's own prices, and says when they name what nobody bills", async () => {
    const user = await createUser();
    const { credential } = await addDevice(user);
    await connected(user, { password: credential });
    const ask = (PRICE_LIST: string) => call("GET", "/v1/usage", { token: user.token, bindings: { PRICE_LIST } });
    const dear = await ask('{"objectRequests": {"price": 1, "per": 1, "included": 0}}');
    expect(dear.body.total.net).toBeGreaterThan(1);
    expect(await ask('{"teleports": {"price": 1}}')).toMatchObject({ status: 500 });
    expect(await ask('{"objectRequests": {"price": -1}}')).toMatchObject({ status: 500 });
    expect(await ask("cheap")).toMatchObject({ status: 500 });
  });
});
