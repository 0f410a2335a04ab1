// Fills a hub that has just been created from the database: the only moment at which a hub reads it.
import type { CredentialState } from "../../src/domain/credentials.ts";
import { openStore } from "../../src/store/open-store.ts";

/**
 * The credentials this hub admits. The database first learns that the hub runs: from then on whoever changes one tells the
 * hub, so that no change falls between the list and the first notice. Throws when the database cannot be reached.
 */
export async function readCredentials(env: Env, hubId: string, now: number): Promise<CredentialState[]> {
  const { hubs } = openStore(env);
  await hubs.markStarted(hubId, now);
  return hubs.listCredentials(hubId, now);
}
