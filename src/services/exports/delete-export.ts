// Deletes an export with its file; one that is being made ends.
import { notFound } from "../../errors.ts";
import type { ServiceContext, SystemContext } from "../context.ts";

export async function deleteExport({
  ctx,
  input: { exportId },
}: {
  ctx: ServiceContext;
  input: { exportId: string };
}): Promise<void> {
  const place = { userId: ctx.user.userId, exportId };
  if (!(await ctx.store.exports.delete(place))) throw notFound("export");
  await ctx.exportFiles.removeExport(place, null);
}

/** Of an account that is deleted, everything. May be repeated. */
export async function forgetExports({ ctx, input }: { ctx: SystemContext; input: { userId: string } }): Promise<void> {
  const query = { userId: input.userId, cursor: null, limit: 100 };
  for (const { id } of (await ctx.store.exports.list(query)).items) {
    await ctx.store.exports.delete({ userId: input.userId, exportId: id });
  }
  await ctx.exportFiles.removeUser(input.userId);
}
