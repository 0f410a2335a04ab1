// What a hub needs to know about a credential to admit its holder without asking the database.
import type { Grants } from "./access.ts";

/** How its owner names and sorts a device: rules find devices by tag, and name them when they tell of one. */
export interface DeviceFacts {
  name: string;
  model: string | null;
  tags: string[];
  /** How often it is to check in, if it polls; null: as the deployment says. */
  checkInSeconds?: number | null;
}

/**
 * The state of one device's credential or of one app token, as the database has it.
 * `version` grows with every change, so that a late message cannot undo a newer one.
 */
export interface CredentialState {
  /** `dev_…`, `tok_…` or `shr_…` */
  subject: string;
  version: number;
  /** The only generation that is admitted; null admits none (revoked or deleted). */
  gen: number | null;
  /** See appSubject for what they mean for an app. */
  grants: Grants;
  /** Of devices that were not deleted. */
  about?: DeviceFacts | null;
}

/** A deleted subject never comes back: its state outranks every other version. */
export const deletedVersion = Number.MAX_SAFE_INTEGER;
