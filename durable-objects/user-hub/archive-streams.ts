// The hub's way to the archives in R2, of streams and of check-ins. Besides rebuild.ts the only file of the hub that reaches the store; never
// while a message is handled.
import { readConfig } from "../../src/config.ts";
import { addCount, type Usage } from "../../src/domain/prices/hub-usage.ts";
import { CheckInArchive } from "../../src/store/check-in-archive.ts";
import { countedBucket } from "../../src/store/counted-bucket.ts";
import { StreamArchive } from "../../src/store/stream-archive.ts";
import { archiveReports } from "./checkins/report-archiver.ts";
import { archiveFinishedDays } from "./streams/archiver.ts";
import type { StreamStore } from "./streams/stream-store.ts";

/** Archives the days that are over, in a moment in which the hub goes on with everything else, and counts what R2 did. False: it could not. */
export async function archiveStreams(env: Env, hubId: string, store: StreamStore, used: Usage): Promise<boolean> {
  const { STREAM_RAW_DAYS, STREAM_MINUTES_DAYS, STREAM_HOURS_DAYS, STREAM_DAYS_DAYS, CHECKIN_RAW_DAYS } =
    readConfig(env);
  const retention = {
    raw: STREAM_RAW_DAYS,
    minute: STREAM_MINUTES_DAYS,
    hour: STREAM_HOURS_DAYS,
    day: STREAM_DAYS_DAYS,
  };
  const bucket = countedBucket(env.ARTIFACTS, (what) => addCount(used, what));
  const archive = new StreamArchive(bucket);
  try {
    await archiveFinishedDays({ hubId, store, archive, retention }, Date.now());
    const reports = new CheckInArchive(bucket);
    const days = CHECKIN_RAW_DAYS;
    await archiveReports({ hubId, store: store.reports, archive: reports, days }, Date.now());
    return true;
  } catch (error) {
    const stack = String((error as Error | undefined)?.stack ?? error);
    console.error(JSON.stringify({ event: "hub.archive.failed", error: stack }));
    return false;
  }
}

/** Removes what is archived of a device. Throws when R2 fails: whoever called does it again. */
export async function forgetArchive(env: Env, hubId: string, deviceId: string, used: Usage): Promise<void> {
  const bucket = countedBucket(env.ARTIFACTS, (what) => addCount(used, what));
  await new StreamArchive(bucket).forget(hubId, deviceId);
  await new CheckInArchive(bucket).forget({ hubId, deviceId });
}
