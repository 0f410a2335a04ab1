// What `npm run setup:cloud` asks wrangler about the Cloudflare account, and has it make. Reads answers strictly: an
// answer that is not understood is a Failure, never "nothing there", because what follows would make things twice.
import { Failure } from "../failure.ts";
import { type WranglerResult, runWrangler } from "../wrangler.ts";

export function failed(args: string[], result: WranglerResult): Failure {
  return new Failure(`\`wrangler ${args.join(" ")}\` failed:\n${result.stdout}${result.stderr}`.trimEnd());
}

/** Throws a Failure with what wrangler said unless it succeeds. */
export async function mustRun(args: string[], input?: string): Promise<string> {
  const result = await runWrangler(args, input === undefined ? {} : { input });
  if (result.exitCode !== 0) throw failed(args, result);
  return result.stdout;
}

function parseList<T>(args: string[], stdout: string): T[] {
  try {
    const parsed: unknown = JSON.parse(stdout.slice(stdout.indexOf("[")));
    if (Array.isArray(parsed)) return parsed as T[];
  } catch {
    // said below
  }
  throw new Failure(`\`wrangler ${args.join(" ")}\` did not answer with a list:\n${stdout}`);
}

export async function mustBeSignedIn(): Promise<void> {
  const result = await runWrangler(["whoami", "--json"]);
  if (result.exitCode === 0) return;
  throw new Failure(
    "wrangler cannot use a Cloudflare account. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN, and try again.\n" +
      result.stderr.trimEnd(),
  );
}

/** The id of the D1 database of that name, or null. */
export async function findDatabase(name: string): Promise<string | null> {
  const args = ["d1", "list", "--json"];
  const databases = parseList<{ uuid: string; name: string }>(args, await mustRun(args));
  return databases.find((database) => database.name === name)?.uuid ?? null;
}

/** The id of the KV namespace of that title, or null. */
export async function findNamespace(title: string): Promise<string | null> {
  const args = ["kv", "namespace", "list"];
  const namespaces = parseList<{ id: string; title: string }>(args, await mustRun(args));
  return namespaces.find((namespace) => namespace.title === title)?.id ?? null;
}

/** Whether the bucket was made now. wrangler lists only the first buckets of an account, so creation itself is asked. */
export async function createBucket(name: string): Promise<boolean> {
  const args = ["r2", "bucket", "create", name];
  const result = await runWrangler(args);
  if (result.exitCode === 0) return true;
  if (/already exists, and you own it|\b10004\b/.test(result.stdout + result.stderr)) return false;
  throw failed(args, result);
}

/** Whether the queue was made now. It is looked up by its name, for wrangler lists the first queues of an account alone. */
export async function createQueue(name: string): Promise<boolean> {
  const args = ["queues", "info", name];
  const result = await runWrangler(args);
  if (result.exitCode === 0) return false;
  if (!/Queue ".*" does not exist/.test(result.stdout + result.stderr)) throw failed(args, result);
  await mustRun(["queues", "create", name]);
  return true;
}

/** The names of the Worker's secrets; none while the Worker itself does not exist yet. */
export async function listSecrets(): Promise<string[]> {
  const args = ["secret", "list", "--format", "json"];
  const result = await runWrangler(args);
  if (result.exitCode === 0) return parseList<{ name: string }>(args, result.stdout).map((secret) => secret.name);
  if (/Worker ".*" not found/.test(result.stdout + result.stderr)) return [];
  throw failed(args, result);
}
