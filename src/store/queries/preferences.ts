// What people prefer: one JSON object each.
import { and, eq, sql } from "drizzle-orm";
import { HomeportError } from "../../errors.ts";
import type { PreferenceStore } from "../account-store.ts";
import type { Backend } from "../backend.ts";

export function preferenceStore({ db, tables: { preferences }, changed, translated }: Backend): PreferenceStore {
  return {
    async read(userId) {
      const [row] = await db.select().from(preferences).where(eq(preferences.userId, userId));
      return row ? { value: JSON.parse(row.value), version: row.version } : { value: {}, version: 0 };
    },

    async write({ userId, version, now, ...given }) {
      const row = { value: JSON.stringify(given.value), updatedAt: now };
      if (version === 0) {
        try {
          await db.insert(preferences).values({ ...row, userId, version: 1 });
          return true;
        } catch (error) {
          const failure = translated(error);
          if (failure instanceof HomeportError && failure.code === "conflict") return false;
          throw failure;
        }
      }
      const write = db
        .update(preferences)
        .set({ ...row, version: sql`${preferences.version} + 1` })
        .where(and(eq(preferences.userId, userId), eq(preferences.version, version)));
      return (await changed(write)) === 1;
    },
  };
}
