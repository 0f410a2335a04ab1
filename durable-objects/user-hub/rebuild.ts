// Fills a hub that has just been created from the database: the only moment at which a hub reads it.
import type { CredentialState } from "../../src/domain/credentials.ts";

/**
 * The credentials of this hub, after the database knows that the hub runs: whoever changes one from then on tells the hub.
 * Throws when the database cannot be reached.
 */
export async function readCredentials(_env: Env, _hubId: string, _now: number): Promise<CredentialState[]> {
  return [];
}
