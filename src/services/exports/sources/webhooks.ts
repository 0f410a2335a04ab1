// Webhooks, without the secrets that sign.
import type { ExportSource } from "../export-work.ts";

export const webhooks: ExportSource = {
  async read({ ctx, userId, write }, position) {
    const page = await ctx.store.webhooks.list({ userId, cursor: position as string | null, limit: 100 });
    for (const { id, name, url, disabledAt, createdAt, updatedAt } of page.items) {
      await write({ type: "webhook", id, name, url, disabledAt, createdAt, updatedAt });
    }
    return page.nextCursor;
  },
};
