// Counts rows as the platform bills them: from the cursors of every statement, for as long as the object lives.
import { runInDurableObject } from "cloudflare:test";
import type { TestHub } from "./hub.ts";

/** The rows written since this was called. */
export async function countRowsWritten(hub: TestHub): Promise<() => Promise<number>> {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  await runInDurableObject(hub.stub, (_, state) => {
    const { sql } = state.storage;
    const exec = sql.exec.bind(sql);
    Object.defineProperty(sql, "exec", {
      value: (query: string, ...bindings: unknown[]) => {
        const cursor = exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      },
    });
  });
  return () => runInDurableObject(hub.stub, () => cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0));
}
