// What the platform asks for each operation: Cloudflare's Workers Paid plan. A deployment may say otherwise (PRICE_LIST).
import { HomeportError } from "../../errors.ts";
import { isOperation, type Operation } from "./operations.ts";

export interface Price {
  /** US$ for `per` of them, beyond those included. */
  price: number;
  per: number;
  /** Of each month, in the plan. */
  included: number;
  /** Where it is said. */
  source: string;
}

export interface PriceList {
  /** The month in which it was read. */
  readAt: string;
  currency: "USD";
  /** The plan's minimum a month. It is no part of a bill here: it is due once for the deployment, and everything is beyond it. */
  minimum: number;
  prices: Readonly<Record<Operation, Price>>;
}

/** A deployment's own figures: instead of those of the list, by operation. */
export type PriceOverrides = Record<string, Partial<Omit<Price, "source">>>;

const docs = "https://developers.cloudflare.com";
const workers = `${docs}/workers/platform/pricing/`;
const objects = `${docs}/durable-objects/platform/pricing/`;
const d1 = `${docs}/d1/platform/pricing/`;
const kv = `${docs}/kv/platform/pricing/`;
const r2 = `${docs}/r2/pricing/`;
const million = 1e6;
const billion = 1e9;

/** Prices change: whoever reads them anew changes `readAt` with them. */
export const platformPrices: PriceList = {
  readAt: "2026-11",
  currency: "USD",
  minimum: 5,
  prices: {
    workerRequests: { price: 0.3, per: million, included: 10 * million, source: workers },
    workerCpuMs: { price: 0.02, per: million, included: 30 * million, source: workers },
    objectRequests: { price: 0.15, per: million, included: million, source: objects },
    objectGigabyteSeconds: { price: 12.5, per: million, included: 400_000, source: objects },
    rowsRead: { price: 0.001, per: million, included: 25 * billion, source: objects },
    rowsWritten: { price: 1, per: million, included: 50 * million, source: objects },
    storedGigabyteMonths: { price: 0.2, per: 1, included: 5, source: objects },
    d1RowsRead: { price: 0.001, per: million, included: 25 * billion, source: d1 },
    d1RowsWritten: { price: 1, per: million, included: 50 * million, source: d1 },
    d1GigabyteMonths: { price: 0.75, per: 1, included: 5, source: d1 },
    kvReads: { price: 0.5, per: million, included: 10 * million, source: kv },
    kvWrites: { price: 5, per: million, included: million, source: kv },
    cacheOperations: { price: 0, per: million, included: 0, source: workers },
    r2WriteOperations: { price: 4.5, per: million, included: million, source: r2 },
    r2ReadOperations: { price: 0.36, per: million, included: 10 * million, source: r2 },
    r2GigabyteMonths: { price: 0.015, per: 1, included: 10, source: r2 },
    queueOperations: { price: 0.4, per: million, included: million, source: `${docs}/queues/platform/pricing/` },
    workflowSteps: { price: 8, per: million, included: 500_000, source: `${docs}/workflows/reference/pricing/` },
    logLines: { price: 0.6, per: million, included: 20 * million, source: workers },
    mails: { price: 0.35, per: 1000, included: 3000, source: `${docs}/email-service/platform/pricing/` },
  },
};

/** The list with a deployment's own figures in it. Throws for an operation that nobody bills. */
export function priceListWith(overrides: PriceOverrides): PriceList {
  const prices = { ...platformPrices.prices };
  for (const [operation, override] of Object.entries(overrides)) {
    if (!isOperation(operation)) throw new HomeportError("internal", `PRICE_LIST: there is no operation ${operation}.`);
    prices[operation] = { ...prices[operation], ...override, source: "PRICE_LIST" };
  }
  return { ...platformPrices, prices };
}
