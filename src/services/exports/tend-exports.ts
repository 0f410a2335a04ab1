// Every minute: goes on with exports that were forgotten between two steps, and removes old ones with their files.
import type { SystemContext } from "../context.ts";
import { exportForgottenMs } from "./make-export.ts";

/** Of one run of the cron job. */
const atOnce = 20;

export async function tendExports({ ctx }: { ctx: SystemContext }): Promise<void> {
  const { exports } = ctx.store;
  const now = ctx.now();
  for (const { isActive, ...place } of await exports.due(now, atOnce)) {
    if (isActive) {
      await ctx.jobs.send({ type: "export", exportId: place.exportId });
      await exports.postpone(place.exportId, now + exportForgottenMs);
    } else {
      // The file first: what fails here is done again.
      await ctx.exportFiles.removeExport(place, null);
      await exports.delete(place);
    }
  }
}
