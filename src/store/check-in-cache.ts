// Answers to devices that poll, kept at the edge: the platform's cache first, which costs nothing, and KV behind it. KV is written
// by the hub alone, and only when an answer changed.
import { type CheckInAnswer, checkInCacheSeconds, checkInKvSeconds } from "../domain/check-ins.ts";

/** `refused`: the hub does not admit the credential behind this key. */
export type KeptAnswer = { answer: CheckInAnswer } | { refused: true };

export interface CheckInCache {
  /** Null: nothing is kept, as far as this edge knows. */
  read(key: string): Promise<KeptAnswer | null>;
  /** Keeps what the hub has just said, at this edge. */
  remember(key: string, kept: KeptAnswer): Promise<void>;
}

/** `defer`: for what the device need not wait for. */
export function openCheckInCache(kv: KVNamespace, defer: (work: Promise<unknown>) => void): CheckInCache {
  const remember = (key: string, kept: KeptAnswer): Promise<void> => {
    const headers = { "cache-control": `max-age=${checkInCacheSeconds}` };
    return caches.default.put(addressOf(key), new Response(JSON.stringify(kept), { headers }));
  };
  return {
    remember,
    async read(key) {
      const near = await caches.default.match(addressOf(key));
      if (near) return (await near.json()) as KeptAnswer;
      const answer = await kv.get<CheckInAnswer>(key, { type: "json", cacheTtl: checkInKvSeconds });
      if (answer === null) return null;
      defer(remember(key, { answer }));
      return { answer };
    },
  };
}

/** The platform's cache knows addresses alone; nobody can ask for this one. */
function addressOf(key: string): string {
  return `https://check-ins.invalid/${key}`;
}
