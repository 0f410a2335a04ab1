// `npm run deploy`: the remote schema first, then the Worker, so that no Worker meets a schema older than itself.
// Refuses before `npm run setup:cloud`, because wrangler would make resources of its own choice.
import { mustBeSignedIn } from "./cloud/account.ts";
import { databaseBinding, readResources, readToml } from "./cloud/resources.ts";
import { Failure, runTool } from "./failure.ts";
import { runWranglerVisibly } from "./wrangler.ts";

await runTool(async () => {
  const { databaseId, cacheId } = readResources(readToml());
  if (databaseId === null || cacheId === null) {
    throw new Failure("wrangler.toml names no database or no KV namespace yet. Run `npm run setup:cloud` once.");
  }
  await mustBeSignedIn();
  for (const args of [
    ["d1", "migrations", "apply", databaseBinding, "--remote"],
    ["deploy", ...process.argv.slice(2)],
  ]) {
    if ((await runWranglerVisibly(args)) !== 0) throw new Failure(`\`wrangler ${args.join(" ")}\` failed; see above.`);
  }
});
