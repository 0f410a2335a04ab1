// `npm run setup:cloud`: makes what a deployment needs on Cloudflare, once. What exists is kept, so it may run again
// after a failure. `-- --dry-run` prints what it would do and calls nobody. Never prints a secret, never replaces one.
import { writeFileSync } from "node:fs";
import {
  createBucket,
  createQueue,
  findDatabase,
  findNamespace,
  listSecrets,
  mustBeSignedIn,
  mustRun,
} from "./cloud/account.ts";
import {
  type CloudResources,
  cacheBinding,
  cacheTitle,
  databaseBinding,
  readResources,
  readToml,
  wranglerTomlPath,
} from "./cloud/resources.ts";
import { type ResourceTable, writeSetting } from "./cloud/wrangler-toml.ts";
import { Failure, runTool } from "./failure.ts";
import { makeSecrets, secretMakers } from "./local-secrets.ts";

interface NamedResource {
  /** How messages call it. */
  kind: string;
  name: string;
  /** What wrangler.toml says. */
  knownId: string | null;
  find: (name: string) => Promise<string | null>;
  /** wrangler's command, to which the name is added. */
  create: string[];
}

/** Finds a resource by name or makes it; its id must be the one wrangler.toml already names, if it names one. */
async function ensure({ kind, name, knownId, find, create }: NamedResource): Promise<string> {
  const foundId = await find(name);
  if (knownId !== null && knownId !== foundId) {
    throw new Failure(
      `wrangler.toml names the ${kind} ${knownId}, which is not this account's "${name}". ` +
        "Sign in to the account that has it, or remove that line to start with a new one.",
    );
  }
  if (foundId !== null) {
    console.log(`${kind} ${name}: exists, kept.`);
    return foundId;
  }
  await mustRun([...create, name]);
  const id = await find(name);
  if (id === null) throw new Failure(`The ${kind} ${name} was created, but wrangler does not list it.`);
  console.log(`${kind} ${name}: created.`);
  return id;
}

function writeIds(settings: [table: ResourceTable, binding: string, key: string, value: string][]): void {
  const before = readToml();
  const after = settings.reduce((toml, setting) => writeSetting(toml, ...setting), before);
  if (after === before) return;
  writeFileSync(wranglerTomlPath, after);
  console.log("wrangler.toml: ids written; commit it.");
}

async function ensureSecrets(): Promise<void> {
  const present = await listSecrets();
  const missing = Object.keys(secretMakers).filter((name) => !present.includes(name));
  if (missing.length > 0) await mustRun(["secret", "bulk"], JSON.stringify(makeSecrets(missing)));
  console.log(missing.length > 0 ? `Secrets made: ${missing.join(", ")}.` : "Secrets: exist, kept.");
}

async function setUp({ databaseName, databaseId, cacheId, bucketName, queueNames }: CloudResources): Promise<void> {
  await mustBeSignedIn();
  const database = await ensure({
    kind: "D1 database",
    name: databaseName,
    knownId: databaseId,
    find: findDatabase,
    create: ["d1", "create"],
  });
  const cache = await ensure({
    kind: "KV namespace",
    name: cacheTitle,
    knownId: cacheId,
    find: findNamespace,
    create: ["kv", "namespace", "create"],
  });
  console.log(`R2 bucket ${bucketName}: ${(await createBucket(bucketName)) ? "created" : "exists, kept"}.`);
  for (const name of queueNames)
    console.log(`Queue ${name}: ${(await createQueue(name)) ? "created" : "exists, kept"}.`);
  writeIds([
    ["d1_databases", databaseBinding, "database_id", database],
    // The local database is named by this; without it a first deployment would seem to empty the local one.
    ["d1_databases", databaseBinding, "preview_database_id", databaseBinding],
    ["kv_namespaces", cacheBinding, "id", cache],
  ]);
  await ensureSecrets();
  await mustRun(["d1", "migrations", "apply", databaseBinding, "--remote"]);
  console.log("Migrations: applied.\nReady. Deploy with: npm run deploy");
}

function printPlan({ databaseName, databaseId, cacheId, bucketName, queueNames }: CloudResources): void {
  console.log(
    [
      "Nothing is done; without --dry-run this would, with `wrangler`, keep what exists and otherwise:",
      `- create the D1 database ${databaseName}${databaseId ? ` (wrangler.toml names ${databaseId})` : ""}`,
      `- create the KV namespace ${cacheTitle}${cacheId ? ` (wrangler.toml names ${cacheId})` : ""}`,
      `- create the R2 bucket ${bucketName}`,
      `- create the queues ${queueNames.join(" and ")}`,
      "- write their ids into wrangler.toml",
      `- make the Worker's secrets ${Object.keys(secretMakers).join(", ")}`,
      "- apply the migrations to the remote database",
    ].join("\n"),
  );
}

await runTool(async () => {
  const resources = readResources(readToml());
  if (process.argv.includes("--dry-run")) printPlan(resources);
  else await setUp(resources);
});
