// `npm run deploy`: the remote schema first, then the Worker, so that no Worker meets a schema older than itself.
// With DATABASE_URL the schema is MySQL's, and the variable becomes a secret of the Worker.
// Refuses before `npm run setup:cloud`, because wrangler would make resources of its own choice.
import { listSecrets, mustBeSignedIn, mustRun } from "./cloud/account.ts";
import { databaseBinding, readResources, readToml } from "./cloud/resources.ts";
import { Failure, runTool } from "./failure.ts";
import { runWranglerVisibly } from "./wrangler.ts";

await runTool(async () => {
  const { databaseId, cacheId } = readResources(readToml());
  if (databaseId === null || cacheId === null) {
    throw new Failure("wrangler.toml names no database or no KV namespace yet. Run `npm run setup:cloud` once.");
  }
  await mustBeSignedIn();
  const databaseUrl = process.env.DATABASE_URL ?? "";
  if (databaseUrl === "" && (await listSecrets()).includes("DATABASE_URL")) {
    throw new Failure(
      "This deployment uses MySQL. Set DATABASE_URL for this command, so that its schema can be brought up to date; " +
        "or `npx wrangler secret delete DATABASE_URL` to return to D1.",
    );
  }
  if (databaseUrl !== "") {
    const { applyMysqlMigrations } = await import("./mysql-database.ts");
    const applied = await applyMysqlMigrations(databaseUrl);
    await mustRun(["secret", "bulk"], JSON.stringify({ DATABASE_URL: databaseUrl }));
    console.log(`MySQL: ${applied.length > 0 ? `applied ${applied.join(", ")}` : "nothing to apply"}.`);
  }
  for (const args of [
    ...(databaseUrl === "" ? [["d1", "migrations", "apply", databaseBinding, "--remote"]] : []),
    ["deploy", ...process.argv.slice(2)],
  ]) {
    if ((await runWranglerVisibly(args)) !== 0) throw new Failure(`\`wrangler ${args.join(" ")}\` failed; see above.`);
  }
});
