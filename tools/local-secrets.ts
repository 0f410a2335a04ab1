// The secrets of a control plane on this machine: made once in `.dev.vars`, where wrangler looks for them and git does not.
// Never prints a value and never replaces one.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Every secret the Worker requires (`[secrets]` in wrangler.toml), with how a fresh one is made. */
export const secretMakers: Record<string, () => string> = {
  SIGNING_KEYS: () => `k1:${randomBytes(32).toString("base64url")}`,
  SESSION_SECRET: () => randomBytes(48).toString("base64url"),
  VAPID_KEYS: makeVapidKeys,
};

/** `publicKey:privateKey` of P-256 in base64url: the uncompressed point and the scalar (RFC 8292 §3.2). */
function makeVapidKeys(): string {
  const { x = "", y = "", d } = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return `${point.toString("base64url")}:${d}`;
}

/** Fresh values for these names. */
export function makeSecrets(names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, secretMakers[name]?.() ?? ""]));
}

/**
 * Makes `.dev.vars` in `folder`, readable by its owner alone, or appends what an existing one lacks. Returns the names
 * that were made. Two servers may start at once on a fresh clone: the first file wins, whole.
 */
export function ensureLocalSecrets(folder: string): string[] {
  const path = join(folder, ".dev.vars");
  if (!existsSync(path)) {
    const draft = `${path}.${process.pid}`;
    const names = Object.keys(secretMakers);
    const heading = "# Secrets of the control plane on this machine, made by `npm start`. A deployment has its own.\n";
    writeFileSync(draft, heading + lines(names), { flag: "wx", mode: 0o600 });
    try {
      linkSync(draft, path);
      return names;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      unlinkSync(draft);
    }
  }
  const text = readFileSync(path, "utf8");
  const present = new Set([...text.matchAll(/^\s*(?:export\s+)?(\w+)\s*=/gm)].map((match) => match[1]));
  const missing = Object.keys(secretMakers).filter((name) => !present.has(name));
  chmodSync(path, 0o600);
  if (missing.length > 0) appendFileSync(path, (text === "" || text.endsWith("\n") ? "" : "\n") + lines(missing));
  return missing;
}

function lines(names: string[]): string {
  return Object.entries(makeSecrets(names))
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
