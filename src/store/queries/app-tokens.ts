// App tokens. A row is a token that was not revoked; its expiry is for the reader to check.
import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { AppToken, AppTokenStore } from "../store.ts";
import type { Backend, Tables } from "../backend.ts";
import { inChunks } from "./in-chunks.ts";
import { insertNotice, selectNotice } from "./notices.ts";

function appTokenOf({ grants, ...token }: Tables["appTokens"]["$inferSelect"]): AppToken {
  return { ...token, grants: grants === null ? null : JSON.parse(grants) };
}

export function appTokenStore({ db, tables, batch }: Backend): AppTokenStore {
  const { appTokens } = tables;

  return {
    async create(token, notice) {
      const [, , [noticed]] = await batch((tx) => [
        tx.insert(appTokens).values({ ...token, grants: token.grants && JSON.stringify(token.grants) }),
        insertNotice(tx, tables, appTokens, eq(appTokens.id, token.id), notice),
        selectNotice(tx, tables, notice),
      ]);
      return { created: true, noticed: noticed !== undefined };
    },

    async find(tokenId) {
      const [token] = await db.select().from(appTokens).where(eq(appTokens.id, tokenId));
      return token ? appTokenOf(token) : null;
    },

    async list({ userId, cursor, limit }) {
      const rows = await db
        .select()
        .from(appTokens)
        .where(and(eq(appTokens.userId, userId), cursor === null ? undefined : gt(appTokens.id, cursor)))
        .orderBy(asc(appTokens.id))
        .limit(limit + 1);
      const items = rows.slice(0, limit).map(appTokenOf);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async namesOf({ userId, tokenIds }) {
      const rows = await inChunks(tokenIds, (some) =>
        db
          .select({ id: appTokens.id, name: appTokens.name })
          .from(appTokens)
          .where(and(eq(appTokens.userId, userId), inArray(appTokens.id, some))),
      );
      return new Map(rows.map(({ id, name }) => [id, name]));
    },

    async delete({ userId, tokenId }, notice) {
      const owned = and(eq(appTokens.id, tokenId), eq(appTokens.userId, userId));
      const [, deleted, [noticed]] = await batch((tx) => [
        insertNotice(tx, tables, appTokens, owned, notice),
        tx.delete(appTokens).where(owned),
        selectNotice(tx, tables, notice),
      ]);
      return deleted > 0 ? { deleted: true, noticed: noticed !== undefined } : null;
    },
  };
}
