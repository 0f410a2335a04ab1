// Answers the Worker's question for reports that are not in R2 yet, as JSON text: RPC's types end at what may be anything.
import type { RawCheckInQuery } from "../../../src/domain/check-in-log.ts";
import type { Result } from "../../../src/errors.ts";
import type { StreamStore } from "../streams/stream-store.ts";

/** `reports`: an array of RawCheckIn. */
export function recentCheckIns(store: StreamStore, query: RawCheckInQuery): Result<{ reports: string; more: boolean }> {
  const { reports, more } = store.reports.recent(query);
  return { ok: true, value: { reports: JSON.stringify(reports), more } };
}
