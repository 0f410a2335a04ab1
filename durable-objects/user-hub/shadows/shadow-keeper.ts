// Reads and changes shadows in SQLite, with their limits and their history. Tells nobody. sqlite: everything; memory: the rate.
import { deletedVersion } from "../../../src/domain/credentials.ts";
import {
  emptySections,
  isSame,
  isTooLarge,
  type ShadowDocument,
  type Values,
} from "../../../src/domain/shadow/document.ts";
import type { ShadowChange } from "../../../src/domain/shadow/history.ts";
import { noSuchShadow, ShadowRefusal, shadowRefusals } from "../../../src/domain/shadow/refusal.ts";
import type { ShadowRequest, UpdateRequest } from "../../../src/domain/shadow/request.ts";
import type { ShadowRef } from "../../../src/domain/shadow/topics.ts";
import { applyUpdate, deltaOf, patchTo } from "../../../src/domain/shadow/update.ts";
import { Rate } from "../broker/rate.ts";
import { CredentialsTable } from "../tables/credentials.ts";
import { ShadowChangesTable } from "../tables/shadow-changes.ts";
import { type StoredShadow, ShadowsTable } from "../tables/shadows.ts";
import type { Sql } from "../tables/sql.ts";

/** How long the version of a deleted shadow goes on in one of the same name: AWS's 48 hours. */
const versionOutlivesMs = 48 * 3600 * 1000;

export interface ShadowLimits {
  /** Of one device, those deleted in the last 48 hours included. */
  maxShadowsPerDevice: number;
  /** Of the whole hub. */
  maxStoredPerSecond: number;
}

/** What an update made. */
export interface Updated {
  /** Null: there was no shadow. */
  before: StoredShadow | null;
  after: StoredShadow;
  /** False: no value changed, nothing was written. */
  isChanged: boolean;
}

/** What model and tags give from now on, and the configuration in whose name. */
export interface Given {
  layer: Values;
  configurationId: string | null;
}

/** Why a device may not be told all this, or null. */
export type FaultOf = (ref: ShadowRef, desired: Values) => string | null;

export class ShadowKeeper {
  readonly shadows: ShadowsTable;
  readonly #changes: ShadowChangesTable;
  readonly #credentials: CredentialsTable;
  readonly #limits: ShadowLimits;
  readonly #rate: Rate;
  readonly #faultOf: FaultOf;

  constructor(sql: Sql, limits: ShadowLimits, faultOf: FaultOf) {
    this.shadows = new ShadowsTable(sql);
    this.#changes = new ShadowChangesTable(sql);
    this.#credentials = new CredentialsTable(sql);
    this.#limits = limits;
    this.#rate = new Rate(limits.maxStoredPerSecond);
    this.#faultOf = faultOf;
  }

  /** Throws for a device the hub never heard of, or that was deleted. */
  checkThing(deviceId: string, { clientToken }: ShadowRequest): void {
    const credential = this.#credentials.read(deviceId);
    if (!credential || credential.version === deletedVersion || !deviceId.startsWith("dev_")) {
      throw new ShadowRefusal(shadowRefusals.thingNotFound, clientToken);
    }
  }

  find(ref: ShadowRef): StoredShadow | null {
    const shadow = this.shadows.read(ref);
    return shadow && !shadow.isDeleted ? shadow : null;
  }

  get(ref: ShadowRef, { clientToken }: ShadowRequest): StoredShadow {
    const shadow = this.find(ref);
    if (!shadow) throw new ShadowRefusal(noSuchShadow(ref.deviceId, ref.name), clientToken);
    return shadow;
  }

  /**
   * One row, and one more when what is desired changes. None when no value changes: version and stamps stay. `given`: if the update comes
   * of what model and tags give; the rate does not count it.
   */
  update(ref: ShadowRef, request: UpdateRequest, author: string | null, now: number, given?: Given): Updated {
    const refuse = (refusal: readonly [400 | 409 | 413 | 429, string]): never => {
      throw new ShadowRefusal(refusal, request.clientToken);
    };
    const stored = this.shadows.read(ref);
    const before = stored?.isDeleted ? null : stored;
    if (!isMeantFor(stored, request.version)) return refuse(shadowRefusals.versionConflict);
    const sections = applyUpdate(before ?? emptySections, request.state, Math.floor(now / 1000));
    if (before && sections === before) return { before, after: before, isChanged: false };
    if (isTooLarge(sections)) return refuse(shadowRefusals.tooLarge);
    if (!given && this.#rate.isSpent(now)) return refuse(shadowRefusals.tooMany);
    const desires = !isSame(before?.desired?.values, sections.desired?.values);
    const fault = desires && sections.desired ? this.#faultOf(ref, sections.desired.values) : null;
    if (fault !== null) {
      // A check takes longer than a row.
      if (!given) this.#rate.take(1);
      return refuse([400, fault]);
    }
    if (!before) this.#makeRoom(ref, stored !== null, now, refuse);

    const after: StoredShadow = {
      ...ref,
      desired: sections.desired,
      reported: sections.reported,
      version: nextVersion(stored, now),
      differs: deltaOf(sections) !== null,
      changes: (before?.changes ?? 0) + (desires ? 1 : 0),
      updatedAt: now,
      isDeleted: false,
      layer: given?.layer ?? before?.layer ?? null,
    };
    if (!given) this.#rate.take(desires ? 2 : 1);
    this.shadows.write(after);
    if (desires) {
      const by = { author, configurationId: given?.configurationId ?? null };
      const desired = after.desired?.values ?? {};
      this.#changes.write(ref, after.changes, { version: after.version, changedAt: now, ...by, desired });
    }
    return { before, after, isChanged: true };
  }

  #makeRoom({ deviceId }: ShadowRef, hasRow: boolean, now: number, refuse: (why: [429, string]) => never): void {
    this.shadows.forgetDeleted(deviceId, now - versionOutlivesMs);
    if (hasRow || this.shadows.count(deviceId) < this.#limits.maxShadowsPerDevice) return;
    const [code, message] = shadowRefusals.tooManyShadows;
    refuse([code, message]);
  }

  /** Notes what model and tags give, when it changes nothing that is desired. */
  remember(shadow: StoredShadow, layer: Values): void {
    this.shadows.write({ ...shadow, layer });
  }

  /** The version that last changed what is desired; 0: none did. */
  desiredVersion(ref: ShadowRef): number {
    return this.#changes.latestVersion(ref);
  }

  /** The shadow that was; its version is kept, its history is not. */
  delete(ref: ShadowRef, request: ShadowRequest, now: number): StoredShadow {
    const shadow = this.get(ref, request);
    const gone = {
      ...shadow,
      ...emptySections,
      differs: false,
      changes: 0,
      updatedAt: now,
      isDeleted: true,
      layer: null,
    };
    this.shadows.write(gone);
    this.#changes.delete(ref);
    return shadow;
  }

  history(ref: ShadowRef): ShadowChange[] {
    return this.#changes.list(ref);
  }

  /** The update that makes desired again what it was at a version; null: that is not known any more. */
  updateBackTo(ref: ShadowRef, version: number): UpdateRequest | null {
    const shadow = this.find(ref);
    const present = shadow?.desired?.values ?? {};
    const was = version === 0 ? { desired: {} } : this.history(ref).find((change) => change.version <= version);
    if (!was || version > (shadow?.version ?? 0)) return null;
    return { state: { desired: patchTo(present, was.desired) }, version: null };
  }

  forgetDevice(deviceId: string): void {
    this.shadows.deleteDevice(deviceId);
    this.#changes.deleteDevice(deviceId);
  }
}

/** A client that knows the version of the deleted shadow goes on from it; one that knows of no shadow says 0. */
function isMeantFor(stored: StoredShadow | null, version: number | null): boolean {
  if (version === null || version === stored?.version) return true;
  return version === 0 && (stored === null || stored.isDeleted);
}

function nextVersion(stored: (ShadowDocument & Pick<StoredShadow, "isDeleted" | "updatedAt">) | null, now: number) {
  if (!stored) return 1;
  const isOver = stored.isDeleted && now - stored.updatedAt > versionOutlivesMs;
  return isOver ? 1 : stored.version + 1;
}
