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

export interface CheckInCacheOptions {
  /** The deployment's own host: the platform's cache works well under that alone. */
  baseUrl: string;
  /** For what the device need not wait for. */
  defer(work: Promise<unknown>): void;
  /** Told of each read of KV, which is billed. */
  onKvRead(): void;
}

export function openCheckInCache(kv: KVNamespace, { baseUrl, defer, onKvRead }: CheckInCacheOptions): CheckInCache {
  const addressOf = (key: string) => nearAddress(baseUrl, key);
  const remember = (key: string, kept: KeptAnswer): Promise<void> => {
    const headers = { "cache-control": `max-age=${checkInCacheSeconds}` };
    return caches.default.put(addressOf(key), new Response(JSON.stringify(kept), { headers }));
  };
  return {
    remember,
    async read(key) {
      const near = await caches.default.match(addressOf(key));
      if (near) return (await near.json()) as KeptAnswer;
      onKvRead();
      const answer = await kv.get<CheckInAnswer>(key, { type: "json", cacheTtl: checkInKvSeconds });
      if (answer === null) return null;
      defer(remember(key, { answer }));
      return { answer };
    },
  };
}

/** The platform's cache knows addresses alone. This one is below a path that the Worker itself answers, so nobody else is shown it. */
export function nearAddress(baseUrl: string, key: string): string {
  return `${baseUrl}/v1/checkin/kept/${key}`;
}
