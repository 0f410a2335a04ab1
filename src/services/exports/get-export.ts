// How far an export has come.
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { type ExportView, viewOf } from "./export-view.ts";

export async function getExport({
  ctx,
  input: { exportId },
}: {
  ctx: ServiceContext;
  input: { exportId: string };
}): Promise<ExportView> {
  const made = await ctx.store.exports.find({ userId: ctx.user.userId, exportId });
  if (!made) throw notFound("export");
  return viewOf(made);
}
