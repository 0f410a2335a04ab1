// Runs the replay of `npm run cost` in the Workers runtime, with the deployment's own configuration; apart from the tests.
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        bindings: {
          SIGNING_KEYS: `c1:${Buffer.alloc(32, 5).toString("base64url")}`,
          SESSION_SECRET: "a session secret that only the replay uses",
          LOG_SAMPLE_RATE: "0",
          TEST_MIGRATIONS: await readD1Migrations("migrations/d1"),
        },
      },
    })),
  ],
  test: {
    include: ["tools/cost/replay.ts"],
    setupFiles: ["test/support/runtime-setup.ts"],
    disableConsoleIntercept: true,
    deps: { optimizer: { ssr: { enabled: true, include: ["mqtt-packet"] } } },
  },
});
