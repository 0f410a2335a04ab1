// Starts an export of everything the user has. While one is being made, that is the one.
import { maxExports } from "../../domain/exports.ts";
import { newId } from "../../domain/ids.ts";
import { HomeportError } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { type ExportView, viewOf } from "./export-view.ts";
import { exportForgottenMs } from "./make-export.ts";

export async function startExport({ ctx }: { ctx: ServiceContext }): Promise<{ made: ExportView; isNew: boolean }> {
  const { userId } = ctx.user;
  const { exports } = ctx.store;
  const present = await exports.findActive(userId);
  if (present) return { made: viewOf(present), isNew: false };
  if ((await exports.count(userId)) >= maxExports) {
    throw new HomeportError("quota_exceeded", `You have ${maxExports} exports: delete one of them first.`);
  }
  const now = ctx.now();
  const id = newId("exp", now);
  try {
    await exports.create({ id, userId, now, dueAt: now + exportForgottenMs });
  } catch (error) {
    // Somebody was faster.
    const other = await exports.findActive(userId);
    if (other) return { made: viewOf(other), isNew: false };
    throw error;
  }
  // If this fails, the cron job asks again.
  await ctx.jobs.send({ type: "export", exportId: id }).catch(() => {});
  const made = await exports.find({ userId, exportId: id });
  if (!made) throw new HomeportError("conflict", "The export was deleted.");
  return { made: viewOf(made), isNew: true };
}
