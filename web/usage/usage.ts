// What the hub metered, as the API tells it.
import type { Schemas } from "../api/client.ts";
import { answerOf, api } from "../call-api.ts";

export type Usage = Schemas["Usage"];
export type UsageLine = Usage["items"][number];

/** This month so far, all pages of it. */
export async function readUsage(by: Usage["by"]): Promise<Usage> {
  const first = await page(by);
  const items = [...first.items];
  let cursor = first.nextCursor;
  while (cursor !== null) {
    const next = await page(by, cursor);
    items.push(...next.items);
    cursor = next.nextCursor;
  }
  return { ...first, items, nextCursor: null };
}

function page(by: Usage["by"], cursor?: string): Promise<Usage> {
  const query = { by, limit: 200, ...(cursor !== undefined && { cursor }) };
  return answerOf(api.GET("/v1/usage", { params: { query } }));
}
