// Gives every test file of the runtime project a migrated database. Files share it: a test makes its own user.
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
