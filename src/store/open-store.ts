// Chooses the back end. The only way to a store.
import { readConfig } from "../config.ts";
import { type Backend, guarded } from "./backend.ts";
import { openD1 } from "./d1/backend.ts";
import { openMysql } from "./mysql/backend.ts";
import { accountStore } from "./queries/accounts.ts";
import { appTokenStore } from "./queries/app-tokens.ts";
import { dashboardStore } from "./queries/dashboards.ts";
import { deliveryStore } from "./queries/deliveries.ts";
import { deviceStore } from "./queries/devices.ts";
import { exportStore } from "./queries/exports.ts";
import { hubStore } from "./queries/hubs.ts";
import { outboxStore } from "./queries/notices.ts";
import { pairingStore } from "./queries/pairings.ts";
import { peopleStore } from "./queries/people.ts";
import { pushSubscriptionStore } from "./queries/push-subscriptions.ts";
import { preferenceStore } from "./queries/preferences.ts";
import { schemaStore } from "./queries/schema-check.ts";
import { shareStore } from "./queries/shares.ts";
import { webhookStore } from "./queries/webhooks.ts";
import type { Store } from "./store.ts";

const onD1 = new WeakMap<D1Database, Store>();
const onMysql = new Map<string, Store>();

/** The store of this environment: on MySQL if DATABASE_URL is set, else on D1. The same object for the life of the isolate. */
export function openStore(env: { DB: D1Database }): Store {
  const { DATABASE_URL: url } = readConfig(env);
  const known = url === "" ? onD1.get(env.DB) : onMysql.get(url);
  if (known) return known;
  const store = storeOn(url === "" ? openD1(env.DB) : openMysql(url));
  if (url === "") onD1.set(env.DB, store);
  else onMysql.set(url, store);
  return store;
}

function storeOn(backend: Backend): Store {
  return {
    people: peopleStore(backend),
    hubs: guarded(backend, hubStore(backend)),
    devices: guarded(backend, deviceStore(backend)),
    appTokens: guarded(backend, appTokenStore(backend)),
    dashboards: guarded(backend, dashboardStore(backend)),
    shares: guarded(backend, shareStore(backend)),
    preferences: guarded(backend, preferenceStore(backend)),
    accounts: guarded(backend, accountStore(backend)),
    pairings: guarded(backend, pairingStore(backend)),
    outbox: guarded(backend, outboxStore(backend)),
    webhooks: guarded(backend, webhookStore(backend)),
    pushSubscriptions: guarded(backend, pushSubscriptionStore(backend)),
    deliveries: guarded(backend, deliveryStore(backend)),
    exports: guarded(backend, exportStore(backend)),
    schema: guarded(backend, schemaStore(backend)),
  };
}
