// Hashes passwords, which takes more CPU than a request may use on the free plan: an object may use 30 seconds on every plan. Holds
// no state, and hears of nothing but a password and a hash.
import { DurableObject } from "cloudflare:workers";
import { hashPassword, verifyPassword } from "../../src/identity/passwords.ts";

export class PasswordHasher extends DurableObject<Env> {
  async hash(password: string): Promise<string> {
    return hashPassword(password);
  }

  async verify(hash: string, password: string): Promise<boolean> {
    return verifyPassword(hash, password);
  }
}
