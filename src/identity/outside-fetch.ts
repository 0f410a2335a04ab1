// Fetches a small JSON document of an outside issuer: bounded in time and size, never in the clear, following no redirect.
import { isSafeUrl } from "../config-people.ts";

const timeoutMs = 2000;
const maxBytes = 262_144;

/** Rejects with a sentence for the log unless the answer is 200 and a JSON object. */
export async function fetchJson<T extends object>(url: string): Promise<T> {
  if (!isSafeUrl(url)) throw new Error(`${url} is not an https: address`);
  const headers = { accept: "application/json" };
  const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`${url} answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  if (typeof parsed !== "object" || parsed === null) throw new Error(`${url} did not answer a JSON object`);
  return parsed as T;
}
