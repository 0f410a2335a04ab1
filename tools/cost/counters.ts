// Wrappers around everything of the runtime that is billed, for as long as the process lives: the hub's entry points, its cursors and
// alarms, and the methods of the bindings. What they let through is not changed.
import { env } from "cloudflare:workers";
import { queueOperationsPerMessage } from "../../src/domain/prices/hub-usage.ts";
import { UserHub } from "../../durable-objects/user-hub/user-hub.ts";
import { type Counted, nothingCounted } from "./workloads.ts";

type Method = (this: unknown, ...parameters: unknown[]) => unknown;
type Cursor = { readonly rowsRead: number; readonly rowsWritten: number };

export class Counters {
  #counted: Counted = { ...nothingCounted };
  /** Statements whose counts may not be final. */
  #cursors: Cursor[] = [];

  constructor() {
    this.#wrapHub();
    this.#wrapDatabase();
    const { kvReads, kvWrites } = { kvReads: ["get", "getWithMetadata"], kvWrites: ["put", "delete", "list"] };
    this.#wrapAll(prototypeOf(env.CHECKIN_CACHE), kvReads, "kvReads");
    this.#wrapAll(prototypeOf(env.CHECKIN_CACHE), kvWrites, "kvWrites");
    this.#wrapAll(prototypeOf(env.ARTIFACTS), ["get", "head"], "r2ReadOperations");
    this.#wrapAll(prototypeOf(env.ARTIFACTS), ["put", "list", "createMultipartUpload"], "r2WriteOperations");
    const upload = prototypeOf(env.ARTIFACTS.resumeMultipartUpload("none", "none"));
    this.#wrapAll(upload, ["uploadPart", "complete"], "r2WriteOperations");
    this.#wrapAll(prototypeOf(env.JOBS), ["send"], "queueOperations", queueOperationsPerMessage);
    this.#wrapAll(prototypeOf(caches.default), ["match", "put", "delete"], "cacheOperations");
  }

  /** The counts since the last call. */
  take(): Counted {
    this.settle();
    const counted = this.#counted;
    this.#counted = { ...nothingCounted };
    return counted;
  }

  /** Adds what cursors have counted; no statement may be under way. */
  settle(): void {
    for (const { rowsRead, rowsWritten } of this.#cursors) {
      this.#counted.rowsRead += rowsRead;
      this.#counted.rowsWritten += rowsWritten;
    }
    this.#cursors = [];
  }

  workerRequest(): void {
    this.#counted.workerRequests++;
  }

  alarm(): void {
    this.#counted.alarms++;
  }

  /** Counts what a hub reads, writes and asks to be woken for. Again for an object that was made anew; what its waking read is free. */
  wrapStorage(storage: DurableObjectStorage): void {
    const { sql } = storage;
    if (Object.hasOwn(sql, "exec")) return;
    const exec = sql.exec.bind(sql);
    define(sql, "exec", (query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings);
      this.#cursors.push(cursor);
      return cursor;
    });
    const setAlarm = storage.setAlarm.bind(storage);
    define(storage, "setAlarm", (at: number) => {
      this.#counted.setAlarms++;
      return setAlarm(at);
    });
  }

  /** Messages count apart; the end of a socket is free; an alarm is counted by who runs it; all else is a request. */
  #wrapHub(): void {
    const prototype = UserHub.prototype as unknown as Record<string, Method>;
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (["constructor", "webSocketClose", "webSocketError", "alarm"].includes(name)) continue;
      this.#wrapAll(prototype, [name], name === "webSocketMessage" ? "frames" : "hubRequests");
    }
  }

  #wrapAll(target: Record<string, Method>, names: readonly string[], key: keyof Counted, times = 1): void {
    const count = () => (this.#counted[key] += times);
    for (const name of names) {
      const original = target[name];
      if (typeof original !== "function") throw new Error(`There is no ${name} to count.`);
      define(target, name, function wrapped(this: unknown, ...parameters: unknown[]) {
        count();
        return original.apply(this, parameters);
      });
    }
  }

  /** By what D1 says of each statement; a statement whose answer does not say is taken to read what it returns, and one more. */
  #wrapDatabase(): void {
    const add = (result: unknown) => {
      if (Array.isArray(result)) this.#counted.d1RowsRead += result.length + 1;
      const meta = (result as { meta?: { rows_read?: number; rows_written?: number } } | null)?.meta;
      this.#counted.d1RowsRead += meta ? (meta.rows_read ?? 0) : Array.isArray(result) ? 0 : 1;
      this.#counted.d1RowsWritten += meta?.rows_written ?? 0;
      return result;
    };
    const statement = prototypeOf(env.DB.prepare("SELECT 1"));
    for (const name of ["all", "run", "raw", "first"]) {
      const original = statement[name] as Method;
      define(statement, name, async function wrapped(this: unknown, ...parameters: unknown[]) {
        return add(await original.apply(this, parameters));
      });
    }
    const database = prototypeOf(env.DB);
    const batch = database.batch as Method;
    define(database, "batch", async function wrapped(this: unknown, ...parameters: unknown[]) {
      const results = (await batch.apply(this, parameters)) as unknown[];
      for (const result of results) add(result);
      return results;
    });
  }
}

function prototypeOf(target: object): Record<string, Method> {
  return Object.getPrototypeOf(target) as Record<string, Method>;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
