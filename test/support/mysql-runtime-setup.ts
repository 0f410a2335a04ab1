// Skips every test of the MySQL project when there is no MariaDB. Tests share one migrated database: each makes its own user.
import { env } from "cloudflare:workers";
import { beforeEach } from "vitest";

beforeEach(({ skip }) => {
  skip(env.DATABASE_URL === "", "MariaDB is not installed");
});
