// Hashes of passwords: scrypt with the least parameters that OWASP's Password Storage Cheat Sheet (2025) recommends, of which these
// need the least memory. A hash names its parameters, so that they can be raised and older hashes still verify.
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";

interface Parameters {
  cost: number;
  blockSize: number;
  parallelization: number;
}

/** 16 MiB and about a quarter of a second: N=2^14, r=8, p=5. */
const current: Parameters = { cost: 2 ** 14, blockSize: 8, parallelization: 5 };
/** What `salt:key` in hexadecimal stands for: better-auth's own format. */
const betterAuths: Parameters = { cost: 2 ** 14, blockSize: 16, parallelization: 1 };

const saltBytes = 16;
const keyBytes = 32;

/** `scrypt$N$r$p$salt$key`. Takes as long as it should: call it in the PasswordHasher. */
export function hashPassword(password: string): string {
  const salt = randomBytes(saltBytes);
  const { cost, blockSize, parallelization } = current;
  const key = derive(password, salt, keyBytes, current);
  return ["scrypt", cost, blockSize, parallelization, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** Throws on a hash in neither format. */
export function verifyPassword(hash: string, password: string): boolean {
  const { salt, key, parameters } = readHash(hash);
  return timingSafeEqual(derive(password, salt, key.length, parameters), key);
}

function readHash(hash: string): { salt: Buffer | string; key: Buffer; parameters: Parameters } {
  const ours = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash);
  if (ours) {
    const [cost = 0, blockSize = 0, parallelization = 0] = ours.slice(1, 4).map(Number);
    const [salt = "", key = ""] = ours.slice(4);
    const parameters = { cost, blockSize, parallelization };
    return { salt: Buffer.from(salt, "base64url"), key: Buffer.from(key, "base64url"), parameters };
  }
  const [, salt = "", key = ""] = /^([0-9a-f]{32}):([0-9a-f]{128})$/.exec(hash) ?? [];
  if (key === "") throw new Error("This is not the hash of a password.");
  // better-auth salts with the hexadecimal text itself.
  return { salt, key: Buffer.from(key, "hex"), parameters: betterAuths };
}

function derive(password: string, salt: Buffer | string, length: number, parameters: Parameters): Buffer {
  const { cost, blockSize, parallelization } = parameters;
  const maxmem = 256 * cost * blockSize;
  return scryptSync(password.normalize("NFKC"), salt, length, { cost, blockSize, parallelization, maxmem });
}
