// When a hub archives the days that are over.
import { dayMs } from "../../../src/domain/streams/series.ts";

/** Days are archived from this time of the next one on, each hub at a time of its own. */
const archiveAfterMs = 2 * 3_600_000;
const archiveSpreadMs = 2 * 3_600_000;

/** When the hub archives next: every hub at a time of its own, so that they do not all do it at once. */
export function archiveTime(hubId: string, now: number): number {
  let hash = 0;
  for (let i = 0; i < hubId.length; i++) hash = (hash * 31 + hubId.charCodeAt(i)) >>> 0;
  const offset = archiveAfterMs + (hash % archiveSpreadMs);
  const today = Math.floor(now / dayMs) * dayMs + offset;
  return today > now ? today : today + dayMs;
}
