// App tokens on D1. A row is a token that was not revoked; its expiry is for the reader to check.
import { and, asc, eq, gt } from "drizzle-orm";
import type { AppTokenStore } from "../store.ts";
import { type Database, guarded } from "./database.ts";
import { insertNotice, selectNotice } from "./notices.ts";
import { appTokens } from "./schema.ts";

export function appTokenStore(db: Database): AppTokenStore {
  return guarded<AppTokenStore>({
    async create(token, notice) {
      const [, , [noticed]] = await db.batch([
        db.insert(appTokens).values(token),
        insertNotice(db, appTokens, eq(appTokens.id, token.id), notice),
        selectNotice(db, notice),
      ]);
      return { created: true, noticed: noticed !== undefined };
    },

    async find(tokenId) {
      const [token] = await db.select().from(appTokens).where(eq(appTokens.id, tokenId));
      return token ?? null;
    },

    async list({ userId, cursor, limit }) {
      const rows = await db
        .select()
        .from(appTokens)
        .where(and(eq(appTokens.userId, userId), cursor === null ? undefined : gt(appTokens.id, cursor)))
        .orderBy(asc(appTokens.id))
        .limit(limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async delete({ userId, tokenId }, notice) {
      const owned = and(eq(appTokens.id, tokenId), eq(appTokens.userId, userId));
      const [, { meta }, [noticed]] = await db.batch([
        insertNotice(db, appTokens, owned, notice),
        db.delete(appTokens).where(owned),
        selectNotice(db, notice),
      ]);
      return meta.changes > 0 ? { deleted: true, noticed: noticed !== undefined } : null;
    },
  });
}
