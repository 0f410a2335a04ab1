// The reports of devices that poll, as they came: a day of the archive after the other, then what the hub has beyond it.
import type { RawCheckIn } from "../../../domain/check-in-log.ts";
import { eachDevice } from "./each-device.ts";

const reportsPerCall = 500;

/** Days of the archive that are still to be read, or from when on what the hub has is. */
type Position = { days: number[] } | { from: number };

export const checkIns = eachDevice(async ({ work, hub, deviceId }, at) => {
  const { ctx, write } = work;
  const place = { hubId: hub.id, deviceId };
  const position = (at as Position | null) ?? { days: await ctx.checkInArchive.days(place) };
  if ("days" in position) {
    work.spend(2);
    const [day, ...days] = position.days;
    if (day === undefined) return { from: 0 };
    const reports = await ctx.checkInArchive.read(place, day, 0, Number.MAX_SAFE_INTEGER);
    for (const report of reports) await write({ type: "checkIn", deviceId, ...report });
    return { days };
  }
  const query = { deviceId, from: position.from, to: ctx.now() + 1, limit: reportsPerCall };
  const { reports, more } = await work.ask(hub, (stub, call) => stub.recentCheckIns(query, call));
  const recent = JSON.parse(reports) as RawCheckIn[];
  for (const report of recent) await write({ type: "checkIn", deviceId, ...report });
  const last = recent.at(-1);
  return more && last ? { from: last.at + 1 } : null;
});
