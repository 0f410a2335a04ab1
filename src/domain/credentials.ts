// What a hub needs to know about a credential to admit its holder without asking the database.
import type { Grants } from "./access.ts";

/**
 * The state of one device's credential or of one app token, as the database has it.
 * `version` grows with every change, so that a late message cannot undo a newer one.
 */
export interface CredentialState {
  /** `dev_…` or `tok_…` */
  subject: string;
  version: number;
  /** The only generation that is admitted; null admits none (revoked or deleted). */
  gen: number | null;
  /** Of devices; app tokens use the whole namespace. */
  grants: Grants;
}

/** A deleted subject never comes back: its state outranks every other version. */
export const deletedVersion = Number.MAX_SAFE_INTEGER;
