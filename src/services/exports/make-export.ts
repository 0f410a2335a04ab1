// Makes an export, a step at a time: reads what there is until it is enough, keeps what it has, and asks the queue for the next step.
// A step that fails, or dies, is done again from where it began; somebody who lost the lease meanwhile leaves nothing behind.
import { exportKeptMs, type ExportState, maxExportAttempts } from "../../domain/exports.ts";
import { newId } from "../../domain/ids.ts";
import type { Export, ExportLease } from "../../store/export-store.ts";
import type { SystemContext } from "../context.ts";
import { ExportWork } from "./export-work.ts";
import { PartWriter } from "./part-writer.ts";
import { exportSources } from "./sources.ts";

/** Longer than a step takes: after that whoever works on it has died. */
const leaseMs = 5 * 60_000;
/** How long the queue may take to bring the next step before the cron job asks again. */
export const exportForgottenMs = 2 * 60_000;

export async function makeExport({
  ctx,
  input: { exportId },
}: {
  ctx: SystemContext;
  input: { exportId: string };
}): Promise<void> {
  const lease = { exportId, lease: newId("lea", ctx.now()) };
  const claimed = await ctx.store.exports.claim({ ...lease, now: ctx.now(), dueAt: ctx.now() + leaseMs });
  // Over, deleted, or in other hands; if those have died, the cron job finds it.
  if (!claimed) return;
  try {
    if (claimed.attempts > maxExportAttempts) await giveUp(ctx, lease, claimed);
    else await step(ctx, lease, claimed);
  } catch (error) {
    await ctx.store.exports.release(lease).catch(() => {});
    throw error;
  }
}

async function step(ctx: SystemContext, lease: ExportLease, made: Export): Promise<void> {
  const { exportFiles: files, store } = ctx;
  const { userId, state } = made;
  ctx.meter.paidBy({ userId });
  const place = { userId, exportId: made.id };
  // An attempt before this one may have finished the file and no more than that.
  const finished = made.attempts > 1 ? await files.size(place) : null;
  if (finished !== null) return settle(ctx, lease, made, { ...state, source: exportSources.length }, finished);
  const rest = state.rest === null ? new Uint8Array(0) : await files.readRest(state.rest);
  const writer = new PartWriter(files, place, state, rest);
  const { work, next } = await read(ctx, made, writer);
  const lines = state.lines + writer.lineCount;
  if (next.source >= exportSources.length) {
    const bytes = await writer.finish();
    return settle(ctx, lease, made, { ...state, ...next, lines }, bytes);
  }
  const paused = await writer.pause(lease.lease);
  const progress = {
    state: { ...next, ...paused, lines },
    bytes: writer.total,
    partsDone: work.partsDone,
    partsKnown: work.partsKnown,
  };
  if (!(await store.exports.save(lease, progress, ctx.now() + exportForgottenMs))) {
    await files.remove(paused.rest === null ? [] : [paused.rest]);
    return cleanUpIfGone(ctx, made, paused.uploadId);
  }
  await files.remove(state.rest === null ? [] : [state.rest]);
  await ctx.jobs.send({ type: "export", exportId: made.id });
}

/** Reads source after source until all are read or it is enough for one step. */
async function read(ctx: SystemContext, { id, userId, state, ...made }: Export, writer: PartWriter) {
  const partsPerDevice = exportSources.filter(({ isOfDevices }) => isOfDevices).length;
  const work = new ExportWork(
    ctx,
    {
      exportId: id,
      userId,
      hub: await ctx.store.hubs.ofUser(userId),
      partsDone: made.partsDone,
      partsKnown: Math.max(made.partsKnown, exportSources.length),
      partsPerDevice,
    },
    (line) => writer.write(line),
  );
  let { source, position } = state;
  for (let current = exportSources[source]; current && !work.isEnough; current = exportSources[source]) {
    position = await current.read(work, position);
    if (position !== null) continue;
    source++;
    work.partsDone++;
  }
  return { work, next: { source, position } };
}

/** The file is there: says so. */
async function settle(ctx: SystemContext, lease: ExportLease, made: Export, state: ExportState, bytes: number) {
  const now = ctx.now();
  const parts = Math.max(made.partsKnown, exportSources.length);
  const ending = { status: "done", error: null, finishedAt: now, dueAt: now + exportKeptMs } as const;
  const over = { state: { ...state, parts: [], rest: null }, bytes, partsDone: parts, partsKnown: parts, ...ending };
  if (!(await ctx.store.exports.finish(lease, over))) return cleanUpIfGone(ctx, made, null);
  await ctx.exportFiles.removeRests({ userId: made.userId, exportId: made.id });
}

async function giveUp(ctx: SystemContext, lease: ExportLease, made: Export): Promise<void> {
  const now = ctx.now();
  await ctx.exportFiles.removeExport({ userId: made.userId, exportId: made.id }, made.state.uploadId);
  const error = `It failed ${maxExportAttempts} times at the same place. Delete it and start another; the operator's log says why it failed.`;
  await ctx.store.exports.finish(lease, {
    ...made,
    status: "failed",
    error,
    finishedAt: now,
    dueAt: now + exportKeptMs,
  });
}

/** The lease was lost: to its owner, who has deleted the export, or to somebody who goes on with it. */
async function cleanUpIfGone(ctx: SystemContext, { id, userId }: Export, uploadId: string | null): Promise<void> {
  const place = { userId, exportId: id };
  if ((await ctx.store.exports.find(place)) === null) await ctx.exportFiles.removeExport(place, uploadId);
}
