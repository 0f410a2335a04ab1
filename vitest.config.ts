// Projects side by side: plain Node for pure code, real processes and real clients; the Workers runtime for the rest. What
// touches the database runs there twice: in `runtime` on D1, in `mysql` on a MariaDB behind the bridge. `npm test` has a run for those that
// compute and one for those that mostly wait, side by side (tools/test-lanes.ts); `groupOrder` and `maxWorkers` are for each run.
import { type D1Migration, cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { execFileSync } from "node:child_process";
import { createECDH } from "node:crypto";
import { defineConfig } from "vitest/config";
import type { ProvidedContext } from "vitest";

// The Worker serves the console, so it must be there.
execFileSync(process.execPath, [
  "--experimental-strip-types",
  "--disable-warning=ExperimentalWarning",
  "tools/web-build.ts",
]);

const vapid = createECDH("prime256v1");
vapid.setPrivateKey(Buffer.alloc(32, 5));

/** Keys of tests alone; a deployment's own are secrets. */
const testSecrets = {
  SIGNING_KEYS: `t1:${Buffer.alloc(32, 7).toString("base64url")},t0:${Buffer.alloc(32, 9).toString("base64url")}`,
  SESSION_SECRET: "a session secret that only tests use, long enough",
  VAPID_KEYS: `${vapid.getPublicKey("base64url")}:${vapid.getPrivateKey("base64url")}`,
};

type Bindings = Record<string, string | D1Migration[]>;
type Inject = <K extends keyof ProvidedContext>(key: K) => ProvidedContext[K];

/** The Worker in its runtime, with these bindings besides those of wrangler.toml. */
function worker(bindings: (inject: Inject) => Promise<Bindings> | Bindings) {
  return cloudflareTest(async ({ inject }) => ({
    wrangler: { configPath: "./wrangler.toml" },
    miniflare: {
      bindings: { ...testSecrets, LOCAL_TARGETS: "true", ...(await bindings(inject)) },
      ratelimits: {
        MAIL_LIMIT: { namespace_id: "1010", simple: { limit: 5, period: 60 } },
        SIGN_UP_LIMIT: { namespace_id: "1001", simple: { limit: 1000, period: 60 } },
        SIGN_IN_LIMIT: { namespace_id: "1002", simple: { limit: 5, period: 60 } },
        PAIRING_START_LIMIT: { namespace_id: "1003", simple: { limit: 10, period: 60 } },
        PAIRING_POLL_LIMIT: { namespace_id: "1004", simple: { limit: 240, period: 60 } },
        CHECKIN_LIMIT: { namespace_id: "1020", simple: { limit: 90, period: 60 } },
        LINK_LIMIT: { namespace_id: "1011", simple: { limit: 30, period: 60 } },
        PAIRING_CODE_LIMIT: { namespace_id: "1005", simple: { limit: 20, period: 60 } },
      },
    },
  }));
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["test/{domain,protocols,simulation,tools}/**/*.test.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "clients",
          environment: "node",
          include: ["test/clients/**/*.test.ts"],
          globalSetup: ["test/clients/set-up.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // Each file has servers of its own.
          name: "process",
          environment: "node",
          include: ["test/process/**/*.test.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "web",
          environment: "node",
          include: ["test/web/**/*.test.ts"],
          globalSetup: ["test/web/set-up.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [worker(async () => ({ TEST_MIGRATIONS: await readD1Migrations("migrations/d1") }))],
        test: {
          name: "runtime",
          include: [
            "test/conformance/**/*.test.ts",
            "test/hub/**/*.test.ts",
            "test/http/**/*.test.ts",
            "test/store/**/*.test.ts",
          ],
          globalSetup: ["test/support/oidc-server.ts", "test/support/receiver-server.ts"],
          setupFiles: ["test/support/runtime-setup.ts"],
          isolate: false,
          deps: { optimizer: { ssr: { enabled: true, include: ["mqtt-packet"] } } },
        },
      },
      {
        plugins: [
          worker((inject) => ({
            DATABASE_URL: inject("databaseUrl"),
            DOWN_DATABASE_URL: inject("downDatabaseUrl"),
            TEST_MIGRATIONS: [],
          })),
        ],
        test: {
          name: "mysql",
          // Of the API, what asks the database most. Not what breaks D1 on purpose; test/mysql has the counterpart.
          include: [
            "test/store/**/*.test.ts",
            "test/mysql/**/*.test.ts",
            "test/http/{account,app-tokens,credentials,dashboards,devices,hub-notices,notifications,pairing,people*,push,webhooks}.test.ts",
          ],
          globalSetup: [
            "test/support/mysql-global-setup.ts",
            "test/support/oidc-server.ts",
            "test/support/receiver-server.ts",
          ],
          setupFiles: ["test/support/mysql-runtime-setup.ts"],
          isolate: false,
          deps: { optimizer: { ssr: { enabled: true, include: ["mqtt-packet"] } } },
        },
      },
    ],
  },
});
