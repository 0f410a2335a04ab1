// The ids in wrangler.toml that name a deployment's own database and cache. Edits single lines, so that comments and
// order stay as their author left them.
import { Failure } from "../failure.ts";

export type ResourceTable = "d1_databases" | "kv_namespaces" | "r2_buckets";

/** The lines of the `[[table]]` that holds `binding = "…"`, as [first, end) indexes. Throws a Failure without one. */
function findSection(lines: string[], table: ResourceTable, binding: string): [first: number, end: number] {
  for (let first = 0; first < lines.length; first++) {
    if (lines[first]?.trim() !== `[[${table}]]`) continue;
    const after = lines.findIndex((line, index) => index > first && line.trimStart().startsWith("["));
    const end = after === -1 ? lines.length : after;
    if (readKey(lines.slice(first, end), "binding") === binding) return [first, end];
  }
  throw new Failure(`wrangler.toml has no [[${table}]] with binding = "${binding}".`);
}

function keyPattern(key: string): RegExp {
  return new RegExp(`^\\s*${key}\\s*=\\s*"([^"]*)"`);
}

function readKey(lines: string[], key: string): string | null {
  for (const line of lines) {
    const match = keyPattern(key).exec(line);
    if (match) return match[1] ?? null;
  }
  return null;
}

/** A string of the table with this binding, or null if it has none or an empty one. */
export function readSetting(toml: string, table: ResourceTable, binding: string, key: string): string | null {
  const lines = toml.split("\n");
  return readKey(lines.slice(...findSection(lines, table, binding)), key) || null;
}

/** Every queue that the Worker sends to or takes from, and where it puts what failed; each once. */
export function readQueueNames(toml: string): string[] {
  const lines = toml.matchAll(/^\s*(?:queue|dead_letter_queue)\s*=\s*"([^"]+)"/gm);
  return [...new Set([...lines].map(([, name]) => name as string))];
}

/** The text with the string set: in place if the key is there, otherwise right below the binding. */
export function writeSetting(toml: string, table: ResourceTable, binding: string, key: string, value: string): string {
  const lines = toml.split("\n");
  const [first, end] = findSection(lines, table, binding);
  const isKey = (wanted: string) => (line: string, index: number) =>
    index >= first && index < end && keyPattern(wanted).test(line);
  const at = lines.findIndex(isKey(key));
  if (at === -1) lines.splice(lines.findIndex(isKey("binding")) + 1, 0, `${key} = "${value}"`);
  else lines[at] = `${key} = "${value}"`;
  return lines.join("\n");
}
