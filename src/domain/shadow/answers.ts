// The documents a shadow answers with and publishes, as AWS has them. Times are epoch seconds.
import {
  emptyRecord,
  isRecord,
  type Section,
  type Sections,
  sectionNames,
  type ShadowDocument,
  type Stamp,
  type Stamps,
  stateOf,
  type Values,
} from "./document.ts";
import type { ShadowRefusal } from "./refusal.ts";
import type { Patch, ShadowRequest, UpdateRequest } from "./request.ts";
import { deltaOf } from "./update.ts";

/** As AWS shows a stamp: an object of its own for every value. */
export type Metadata = { timestamp: number } | Metadata[] | MetadataRecord;
export interface MetadataRecord {
  [key: string]: Metadata;
}

function metadataOf(stamp: Stamp): Metadata {
  if (typeof stamp === "number") return { timestamp: stamp };
  return Array.isArray(stamp) ? stamp.map(metadataOf) : metadataOfRecord(stamp);
}

function metadataOfRecord(stamps: Stamps): MetadataRecord {
  const metadata = emptyRecord<Metadata>();
  for (const [key, inner] of Object.entries(stamps)) metadata[key] = metadataOf(inner);
  return metadata;
}

function metadataOfSections({ desired, reported }: Sections): { desired?: MetadataRecord; reported?: MetadataRecord } {
  return {
    ...(desired && { desired: metadataOfRecord(desired.stamps) }),
    ...(reported && { reported: metadataOfRecord(reported.stamps) }),
  };
}

export interface ShadowView {
  state: { desired?: Values; reported?: Values; delta?: Values };
  metadata: { desired?: MetadataRecord; reported?: MetadataRecord };
  version: number;
  timestamp: number;
  clientToken?: string;
}

/** The whole shadow, as get answers. */
export function viewOf(document: ShadowDocument, { clientToken }: ShadowRequest, second: number): ShadowView {
  const delta = deltaOf(document);
  return {
    state: { ...stateOf(document), ...(delta && { delta: delta.values }) },
    metadata: metadataOfSections(document),
    version: document.version,
    timestamp: second,
    ...(clientToken !== undefined && { clientToken }),
  };
}

/** What an update asked for, with the stamps it now has. */
export function updateAccepted(document: ShadowDocument, { state, clientToken }: UpdateRequest, second: number) {
  const metadata = emptyRecord<Metadata>();
  for (const name of sectionNames) {
    const patch = state[name];
    if (patch !== undefined) metadata[name] = metadataOfPatch(patch, document[name]?.stamps, second);
  }
  return { state, metadata, ...ending(document.version, second, clientToken) };
}

/** Removed values have the stamp of their removal. */
function metadataOfPatch(patch: Patch | null, stamps: Stamp | undefined, second: number): Metadata {
  if (patch === null) return { timestamp: second };
  const metadata = emptyRecord<Metadata>();
  for (const [key, change] of Object.entries(patch)) {
    const stamp = isRecord(stamps) && Object.hasOwn(stamps, key) ? (stamps[key] as Stamp) : undefined;
    metadata[key] = isRecord(change) ? metadataOfPatch(change as Patch, stamp, second) : metadataOf(stamp ?? second);
  }
  return metadata;
}

export function deltaMessage(delta: Section, version: number, { clientToken }: ShadowRequest, second: number) {
  return { state: delta.values, metadata: metadataOf(delta.stamps), ...ending(version, second, clientToken) };
}

/** `before`: null for a shadow that was just made. */
export function documentsMessage(
  before: ShadowDocument | null,
  after: ShadowDocument,
  { clientToken }: ShadowRequest,
  second: number,
) {
  const shown = (document: ShadowDocument) => ({
    state: stateOf(document),
    metadata: metadataOfSections(document),
    version: document.version,
  });
  return {
    previous: before && shown(before),
    current: shown(after),
    timestamp: second,
    ...(clientToken !== undefined && { clientToken }),
  };
}

export function deleteAccepted(version: number, { clientToken }: ShadowRequest, second: number) {
  return ending(version, second, clientToken);
}

export function rejected({ code, message, clientToken }: ShadowRefusal, second: number) {
  return { code, message, timestamp: second, ...(clientToken !== undefined && { clientToken }) };
}

function ending(version: number, second: number, clientToken: string | undefined) {
  return { version, timestamp: second, ...(clientToken !== undefined && { clientToken }) };
}
