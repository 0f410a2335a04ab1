// The reports of a device that polls, as they came: what is archived, and what its hub has beyond that.
import { dayOf, type RawCheckIn, softwareOf } from "../../domain/check-in-log.ts";
import { dayMs } from "../../domain/streams/series.ts";
import { HomeportError, notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";

export interface ListCheckInsInput {
  deviceId: string;
  /** Epoch ms, `from <= at < to`; without them the day before `to`, and until now. */
  from?: number;
  to?: number;
  cursor?: string;
  limit: number;
}

/** Days of the archive that one answer looks through. */
const maxDays = 31;

type CheckInView = RawCheckIn & { software: ReturnType<typeof softwareOf> };

/** The oldest first. A page may be short, or empty, though there are more. */
export async function listCheckIns({
  ctx,
  input: { deviceId, cursor, limit, ...range },
}: {
  ctx: ServiceContext;
  input: ListCheckInsInput;
}): Promise<{ items: CheckInView[]; nextCursor: string | null }> {
  const device = await ctx.store.devices.find({ userId: ctx.user.userId, deviceId });
  if (!device) throw notFound("device");
  const to = Math.min(range.to ?? ctx.now() + 1, ctx.now() + 1);
  const from = range.from ?? to - dayMs;
  if (from > (range.to ?? to)) throw new HomeportError("bad_request", "`from` must not be after `to`.");
  const start = cursor === undefined ? from : Math.max(from, Number(cursor) + 1);
  if (start >= to) return { items: [], nextCursor: null };
  // First what the hub has: what it hands to the archive meanwhile is then in both, and not in neither.
  const recent = await recentReports(ctx, { deviceId, from: start, to, limit: limit + 1 });
  const { reports, unread } = await archivedReports(ctx, { hubId: device.hubId, deviceId }, { start, to, limit });
  // Days that were not looked through come before what the hub has.
  const found = new Map(reports.map((report) => [report.at, report]));
  if (unread === null) for (const report of recent.reports) found.set(report.at, report);
  const sorted = [...found.values()].toSorted((a, b) => a.at - b.at);
  const items = sorted.slice(0, limit).map((report) => ({ ...report, software: softwareOf(report.client) }));
  if (sorted.length > limit || (unread === null && recent.more)) return { items, nextCursor: String(items.at(-1)?.at) };
  return { items, nextCursor: unread === null ? null : String(unread * dayMs - 1) };
}

async function recentReports(
  ctx: ServiceContext,
  query: { deviceId: string; from: number; to: number; limit: number },
): Promise<{ reports: RawCheckIn[]; more: boolean }> {
  const { reports, more } = await askHub(
    ctx,
    (hub, call) => hub.recentCheckIns(query, call),
    () => ({ reports: "[]", more: false }),
  );
  return { reports: JSON.parse(reports) as RawCheckIn[], more };
}

/** `unread`: the first day that was not looked through; null: all were. */
async function archivedReports(
  ctx: ServiceContext,
  place: { hubId: string; deviceId: string },
  { start, to, limit }: { start: number; to: number; limit: number },
): Promise<{ reports: RawCheckIn[]; unread: number | null }> {
  const reports: RawCheckIn[] = [];
  const last = Math.min(dayOf(to - 1), dayOf(ctx.now()) - 1);
  // What is older than the retention may be there or not.
  const kept = dayOf(ctx.now()) - ctx.config.CHECKIN_RAW_DAYS;
  const first = Math.max(dayOf(start), kept);
  for (let day = first; day <= last; day++) {
    if (day - first >= maxDays || reports.length > limit) return { reports, unread: day };
    reports.push(...(await ctx.checkInArchive.read(place, day, start, to)));
  }
  return { reports, unread: null };
}
