// `npm run migrate`: brings the MySQL of DATABASE_URL, or else the local D1 database of STATE_DIR, to the newest schema.
// `npm start` does it by itself.
import { runTool } from "./failure.ts";
import { applyLocalMigrations } from "./local-database.ts";
import { readLocalSettings } from "./local-settings.ts";
import { applyMysqlMigrations } from "./mysql-database.ts";

await runTool(async () => {
  const { stateDir, databaseUrl } = readLocalSettings();
  const isD1 = databaseUrl === "";
  const applied = await (isD1 ? applyLocalMigrations(stateDir) : applyMysqlMigrations(databaseUrl));
  const where = isD1 ? stateDir : "DATABASE_URL";
  console.log(applied.length > 0 ? `Applied to ${where}: ${applied.join(", ")}` : `Nothing to apply to ${where}.`);
});
