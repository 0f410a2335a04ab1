// What the person prefers, and the browsers that notify them, without the keys.
import type { ExportSource } from "../export-work.ts";

export const preferences: ExportSource = {
  async read({ ctx, userId, write }, position) {
    if (position === null) await write({ type: "preferences", ...(await ctx.store.preferences.read(userId)).value });
    const cursor = position as string | null;
    const page = await ctx.store.pushSubscriptions.list({ userId, cursor, limit: 100 });
    for (const { id, label, createdAt } of page.items) await write({ type: "pushSubscription", id, label, createdAt });
    return page.nextCursor;
  },
};
