// `npm run db:generate` writes the next migration of both back ends; this is MySQL's, into migrations/mysql. Forward only, as
// for D1.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "mysql",
  schema: [
    "./src/store/mysql/schema.ts",
    "./src/store/mysql/auth-schema.ts",
    "./src/store/mysql/dashboard-schema.ts",
    "./src/store/mysql/export-schema.ts",
  ],
  out: "./migrations/mysql",
});
