// What operations cost, by the platform's list and by a deployment's own.
import { describe, expect, it } from "vitest";
import { billOf } from "../../src/domain/prices/bill.ts";
import { estimatedDuration } from "../../src/domain/prices/handler-time.ts";
import { addCount, addUsage, noUsage, operationsOf } from "../../src/domain/prices/hub-usage.ts";
import { operations, sumOf } from "../../src/domain/prices/operations.ts";
import { platformPrices, priceListWith } from "../../src/domain/prices/price-list.ts";

const million = 1e6;

const noneAround = { kvReads: 0, kvWrites: 0, r2ReadOperations: 0, r2WriteOperations: 0, queueOperations: 0, mails: 0 };

describe("the price list", () => {
  it("has a price with a source for every operation, and says when it was read", () => {
    expect(Object.keys(platformPrices.prices).toSorted()).toEqual([...operations].toSorted());
    for (const { price, per, included, source } of Object.values(platformPrices.prices)) {
      expect(price).toBeGreaterThanOrEqual(0);
      expect(per).toBeGreaterThan(0);
      expect(included).toBeGreaterThanOrEqual(0);
      expect(source).toMatch(/^https:\/\/developers\.cloudflare\.com\//);
    }
    expect(platformPrices.readAt).toMatch(/^20\d\d-\d\d$/);
  });

  it("takes a deployment's own figures for what they name, and leaves the rest", () => {
    const list = priceListWith({ objectRequests: { price: 0.1 }, rowsWritten: { included: 0 } });
    expect(list.prices.objectRequests).toMatchObject({ price: 0.1, included: million, source: "PRICE_LIST" });
    expect(list.prices.rowsWritten).toMatchObject({ price: 1, included: 0 });
    expect(list.prices.kvReads).toEqual(platformPrices.prices.kvReads);
    expect(platformPrices.prices.objectRequests.price).toBe(0.15);
    expect(() => priceListWith({ teleports: { price: 1 } })).toThrow("PRICE_LIST: there is no operation teleports.");
  });
});

describe("a bill", () => {
  it("is gross for everything, net for what is beyond the plan's share", () => {
    const bill = billOf({ objectRequests: 600 * million, rowsWritten: 2 * million }, platformPrices);
    expect(bill.lines).toEqual([
      { operation: "objectRequests", count: 600 * million, gross: 90, net: expect.closeTo(89.85, 9) },
      { operation: "rowsWritten", count: 2 * million, gross: 2, net: 0 },
    ]);
    expect(bill.gross).toBeCloseTo(92, 9);
    expect(bill.net).toBeCloseTo(89.85, 9);
  });

  it("of a tenth of a month has a tenth of what a month includes", () => {
    const counts = { objectRequests: million };
    expect(billOf(counts, platformPrices, 0.1).net).toBeCloseTo(0.9 * 0.15, 9);
    expect(billOf(counts, platformPrices, 0).net).toBeCloseTo(0.15, 9);
  });

  it("fails for an operation without a price, and for what is no count", () => {
    expect(() => billOf({ teleports: 1 } as never, platformPrices)).toThrow("There is no price for teleports.");
    expect(() => billOf({ toString: 1 } as never, platformPrices)).toThrow("no price");
    expect(() => billOf({ rowsRead: Number.NaN }, platformPrices)).toThrow("cannot be NaN");
    expect(() => billOf({ rowsRead: -1 }, platformPrices)).toThrow("cannot be -1");
  });

  it("adds counts up, each as often as it is taken", () => {
    const sum = sumOf([{ rowsRead: 2, kvReads: 1 }, 3], [{ rowsRead: 1 }, 1]);
    expect(sum).toEqual({ rowsRead: 7, kvReads: 3 });
  });
});

describe("a hub's counts", () => {
  it("become operations: twenty messages are a request, an upgrade is one of the Worker and one of the object", () => {
    expect(operationsOf([100, 3, 2, 7, 5])).toEqual({
      workerRequests: 3,
      objectRequests: 5 + 3 + 2,
      objectGigabyteSeconds: estimatedDuration({ messages: 100, requests: 3, alarms: 2, rowsWritten: 5 }),
      rowsRead: 7,
      rowsWritten: 5,
      ...noneAround,
    });
  });

  it("become operations around the hub where some were counted", () => {
    const usage = noUsage();
    addCount(usage, "queueOperations", 3);
    addCount(usage, "edgeRequests", 4);
    addUsage(usage, [0, 1, 0, 0, 0, 1, 5, 6, 7, 8]);
    expect(operationsOf(usage)).toMatchObject({
      workerRequests: 1 + 4 + 1,
      kvReads: 5,
      kvWrites: 6,
      r2ReadOperations: 7,
      r2WriteOperations: 8,
      queueOperations: 3,
    });
  });

  it("become handler time by kind", () => {
    const one = { messages: 0, requests: 0, alarms: 0, rowsWritten: 0 };
    expect(estimatedDuration({ ...one, messages: million })).toBeCloseTo(35 * 0.128, 9);
    expect(estimatedDuration({ ...one, rowsWritten: million })).toBeCloseTo(230 * 0.128, 9);
  });
});
