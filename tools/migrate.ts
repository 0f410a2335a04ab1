// `npm run migrate`: brings the local D1 database of STATE_DIR to the newest schema. `npm start` does it by itself.
import { runTool } from "./failure.ts";
import { applyLocalMigrations } from "./local-database.ts";
import { readStateDir } from "./local-settings.ts";

await runTool(async () => {
  const stateDir = readStateDir();
  const applied = await applyLocalMigrations(stateDir);
  console.log(
    applied.length > 0 ? `Applied to ${stateDir}: ${applied.join(", ")}` : `Nothing to apply to ${stateDir}.`,
  );
});
