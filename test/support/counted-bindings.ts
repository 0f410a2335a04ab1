// The real bindings, with every use of them counted: for what must not cost anything.
import { env } from "cloudflare:workers";
import { databaseWith } from "./broken-database.ts";

export class CountedBindings {
  queries = 0;
  /** Calls of hubs by their method. */
  readonly hubCalls: string[] = [];
  kvReads = 0;
  r2Reads = 0;
  r2Writes = 0;

  /** For `bindings`. */
  readonly bindings: Partial<Env> = {
    DB: databaseWith((statement) => {
      this.queries++;
      return statement;
    }),
    USER_HUB: counting(env.USER_HUB, (method) => (stub: object) => {
      if (method !== "getByName" && method !== "get") return stub;
      return counting(stub, (name) => (result: unknown) => {
        this.hubCalls.push(name);
        return result;
      });
    }),
    CHECKIN_CACHE: counting(env.CHECKIN_CACHE, (method) => (result: unknown) => {
      if (method === "get") this.kvReads++;
      return result as object;
    }),
    ARTIFACTS: counting(env.ARTIFACTS, (method) => (result: unknown) => {
      if (method === "get" || method === "head") this.r2Reads++;
      if (["put", "list", "createMultipartUpload"].includes(method)) this.r2Writes++;
      return result as object;
    }),
    // On MySQL a query goes out over HTTP: to nobody here, so that one would fail.
    ...(env.DATABASE_URL ? { DATABASE_URL: env.DOWN_DATABASE_URL } : {}),
  };
}

/** A binding whose methods' results pass through what `seen` makes of their names. */
function counting<T extends object>(target: T, seen: (method: string) => (result: never) => unknown): T {
  return new Proxy(target, {
    get(binding, property) {
      const value = Reflect.get(binding, property) as unknown;
      if (typeof value !== "function" || typeof property !== "string") return value;
      const pass = seen(property) as (result: unknown) => unknown;
      // Not by apply: of a stub's method that would be a call too.
      const methods = binding as Record<string, (...args: unknown[]) => unknown>;
      return (...args: unknown[]) => pass(methods[property]?.(...args));
    },
  });
}
