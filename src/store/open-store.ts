// Chooses the back end. The only way to a store.
import { type Backend, guarded } from "./backend.ts";
import { openD1 } from "./d1/backend.ts";
import { appTokenStore } from "./queries/app-tokens.ts";
import { deviceStore } from "./queries/devices.ts";
import { hubStore } from "./queries/hubs.ts";
import { outboxStore } from "./queries/notices.ts";
import { pairingStore } from "./queries/pairings.ts";
import { peopleStore } from "./queries/people.ts";
import { schemaStore } from "./queries/schema-check.ts";
import type { Store } from "./store.ts";

const opened = new WeakMap<D1Database, Store>();

/** The store of this environment; the same object for the life of the isolate. */
export function openStore(env: { DB: D1Database }): Store {
  const known = opened.get(env.DB);
  if (known) return known;
  const store = storeOn(openD1(env.DB));
  opened.set(env.DB, store);
  return store;
}

function storeOn(backend: Backend): Store {
  return {
    people: peopleStore(backend),
    hubs: guarded(backend, hubStore(backend)),
    devices: guarded(backend, deviceStore(backend)),
    appTokens: guarded(backend, appTokenStore(backend)),
    pairings: guarded(backend, pairingStore(backend)),
    outbox: guarded(backend, outboxStore(backend)),
    schema: guarded(backend, schemaStore(backend)),
  };
}
