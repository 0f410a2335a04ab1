// Bindings that only tests have.
declare namespace Cloudflare {
  interface Env {
    /** Of the project that runs on MySQL; empty there if MariaDB is missing. */
    DATABASE_URL?: string;
    /** There too: a bridge with no MySQL behind it. */
    DOWN_DATABASE_URL?: string;
    TEST_MIGRATIONS: import("@cloudflare/vitest-plugin").D1Migration[];
  }
}

declare module "*.md?raw" {
  const text: string;
  export default text;
}

interface Env {
  DATABASE_URL?: string;
}
