// What the tables need of the object's storage: one synchronous call. A simulation passes another SQLite.

export type SqlValue = ArrayBuffer | string | number | null;

export interface Sql {
  /** Binds at most 100 parameters (platform limit); views bind their own bytes only. */
  exec<Row extends Record<string, SqlValue>>(
    query: string,
    ...bindings: unknown[]
  ): Iterable<Row> & { toArray(): Row[]; readonly rowsRead: number; readonly rowsWritten: number };
  /** Bytes stored. */
  readonly databaseSize?: number;
}

/** The first row, or null. */
export function firstRow<Row extends Record<string, SqlValue>>(rows: { toArray(): Row[] }): Row | null {
  return rows.toArray()[0] ?? null;
}
