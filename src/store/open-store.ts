// Chooses the back end. The only way to a store.
import { appTokenStore } from "./d1/app-tokens.ts";
import { openDatabase } from "./d1/database.ts";
import { deviceStore } from "./d1/devices.ts";
import { hubStore } from "./d1/hubs.ts";
import { outboxStore } from "./d1/notices.ts";
import { pairingStore } from "./d1/pairings.ts";
import { peopleStore } from "./d1/people.ts";
import { schemaStore } from "./d1/schema-check.ts";
import type { Store } from "./store.ts";

const opened = new WeakMap<D1Database, Store>();

/** The store of this environment; the same object for the life of the isolate. */
export function openStore(env: { DB: D1Database }): Store {
  const known = opened.get(env.DB);
  if (known) return known;
  const db = openDatabase(env.DB);
  const store: Store = {
    people: peopleStore(db),
    hubs: hubStore(db),
    devices: deviceStore(db),
    appTokens: appTokenStore(db),
    pairings: pairingStore(db),
    outbox: outboxStore(db),
    schema: schemaStore(db),
  };
  opened.set(env.DB, store);
  return store;
}
