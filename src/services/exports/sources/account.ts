// What the export is, and the person.
import type { ExportSource } from "../export-work.ts";

/** Changes when a reader of older exports would misunderstand a newer one. */
const version = 1;

export const account: ExportSource = {
  async read({ ctx, userId, write, hub }) {
    await write({ type: "export", version, madeAt: ctx.now(), hubId: hub?.id ?? null });
    const owner = await ctx.store.exports.ownerOf(userId);
    if (owner) await write({ type: "account", ...owner });
    return null;
  },
};
