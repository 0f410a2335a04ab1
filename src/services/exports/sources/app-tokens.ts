// App tokens, without what they open with: that is kept nowhere.
import type { ExportSource } from "../export-work.ts";

export const appTokens: ExportSource = {
  async read({ ctx, userId, write }, position) {
    const page = await ctx.store.appTokens.list({ userId, cursor: position as string | null, limit: 200 });
    for (const { id, name, createdAt, expiresAt } of page.items) {
      await write({ type: "appToken", id, name, createdAt, expiresAt });
    }
    return page.nextCursor;
  },
};
