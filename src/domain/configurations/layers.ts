// What a model and tags desire of a device, laid over one another, and how a change of that reaches what is desired of the device
// without touching what was set on the device itself.
import { emptyRecord, isRecord, isSame, type Value, type Values } from "../shadow/document.ts";
import type { Patch } from "../shadow/request.ts";

/** Lays patches over one another, the later one wins: objects go into one another, null removes, everything else replaces. */
export function layered(patches: readonly Patch[]): Values {
  return patches.reduce<Values>(laidOver, emptyRecord<Value>());
}

function laidOver(below: Values, patch: Patch): Values {
  const merged = Object.assign(emptyRecord<Value>(), below);
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete merged[key];
    else if (isRecord(change)) {
      const present = Object.hasOwn(below, key) ? below[key] : undefined;
      merged[key] = laidOver(isRecord(present) ? (present as Values) : {}, change as Patch);
    } else merged[key] = change as Value;
  }
  return merged;
}

/**
 * The patch that carries a change of the layers from `before` to `after` into what is `present`: a value that still is what the layers
 * gave follows them, a new one is set where there is none, and what differs from the layers stays, removed values included.
 */
export function layerPatch(before: Values, after: Values, present: Values): Patch {
  const patch = emptyRecord<Value | Patch | null>();
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = changeOf(at(before, key), at(after, key), at(present, key));
    if (change !== undefined) patch[key] = change;
  }
  return patch;
}

function changeOf(
  before: Value | undefined,
  after: Value | undefined,
  present: Value | undefined,
): Value | Patch | null | undefined {
  if (isSame(before, after)) return undefined;
  // Still what the layers gave, or given by nobody.
  if (isSame(before, present)) {
    if (after === undefined) return null;
    return isRecord(before) && isRecord(after)
      ? layerPatch(before as Values, after as Values, before as Values)
      : after;
  }
  if (!isRecordOrNothing(before) || !isRecordOrNothing(after) || !isRecordOrNothing(present)) return undefined;
  const inner = layerPatch(before ?? {}, after ?? {}, present ?? {});
  const keys = Object.keys(inner);
  if (keys.length === 0) return undefined;
  // What held values of the layers alone goes with the last of them.
  const isEmptied = after === undefined && Object.keys(present ?? {}).every((key) => inner[key] === null);
  return isEmptied ? null : inner;
}

function isRecordOrNothing(value: Value | undefined): value is Values | undefined {
  return value === undefined || isRecord(value);
}

function at(record: Values, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
