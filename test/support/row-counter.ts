// Counts rows as the platform bills them: from the cursors of every statement, for as long as the object lives.
import { runInDurableObject } from "cloudflare:test";
import type { TestHub } from "./hub.ts";

type Cursors = SqlStorageCursor<Record<string, SqlStorageValue>>[];

/** The cursors of all statements from now on, or of those about some table. */
async function keepCursors(hub: TestHub, about = /./): Promise<Cursors> {
  const cursors: Cursors = [];
  await runInDurableObject(hub.stub, (_, state) => {
    const { sql } = state.storage;
    const exec = sql.exec.bind(sql);
    Object.defineProperty(sql, "exec", {
      value: (query: string, ...bindings: unknown[]) => {
        const cursor = exec(query, ...bindings);
        if (about.test(query)) cursors.push(cursor);
        return cursor;
      },
    });
  });
  return cursors;
}

function sumOf(cursors: Cursors, of: "rowsWritten" | "rowsRead"): number {
  return cursors.reduce((sum, cursor) => sum + cursor[of], 0);
}

/** The rows written since this was called. */
export async function countRowsWritten(hub: TestHub): Promise<() => Promise<number>> {
  const cursors = await keepCursors(hub);
  return () => runInDurableObject(hub.stub, () => sumOf(cursors, "rowsWritten"));
}

/** What the statements, or those about some table, have written and read since it was last asked. */
export async function countRows(
  hub: TestHub,
  about?: RegExp,
): Promise<() => Promise<{ written: number; read: number }>> {
  const cursors = await keepCursors(hub, about);
  return () =>
    runInDurableObject(hub.stub, () => {
      const all = cursors.splice(0);
      return { written: sumOf(all, "rowsWritten"), read: sumOf(all, "rowsRead") };
    });
}
