// Whether requests can be served now: the database is asked, but about once a second, however often we are.
import type { Store } from "../store/store.ts";
import type { SystemContext } from "./context.ts";

const rememberedMs = 1000;
const lastChecks = new WeakMap<Store, { at: number; failure: unknown }>();

/** Throws `unavailable` or `schema_outdated`. */
export async function checkReadiness({ ctx: { store, now } }: { ctx: SystemContext }): Promise<void> {
  let last = lastChecks.get(store);
  if (!last || now() >= last.at + rememberedMs) {
    // Not the promise: a request must not wait for the I/O of another one.
    const failure = await store.schema.check({ again: true }).then(
      () => null,
      (error: unknown) => error,
    );
    last = { at: now(), failure };
    lastChecks.set(store, last);
  }
  if (last.failure !== null) throw last.failure;
}
