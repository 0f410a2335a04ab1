// `npx drizzle-kit generate --name what_changed` writes the next migration into migrations/d1. Forward only: a migration
// that was ever deployed is never edited.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./src/store/d1/schema.ts",
    "./src/store/d1/auth-schema.ts",
    "./src/store/d1/dashboard-schema.ts",
    "./src/store/d1/export-schema.ts",
  ],
  out: "./migrations/d1",
});
