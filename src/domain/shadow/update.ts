// What an update makes of a document, and what leads back to an earlier one.
import {
  emptyRecord,
  isRecord,
  isSame,
  type Section,
  type Sections,
  sectionNames,
  type Stamp,
  type Stamps,
  stampsOf,
  type Value,
  type Values,
} from "./document.ts";
import type { Patch, UpdateRequest } from "./request.ts";

/** The sections after an update; the very ones given when no value changes, so that nothing needs to be stored. */
export function applyUpdate(before: Sections, state: UpdateRequest["state"], second: number): Sections {
  const after = { ...before };
  for (const name of sectionNames) {
    const patch = state[name];
    if (patch !== undefined) after[name] = patch === null ? null : patched(before[name], patch, second);
  }
  return sectionNames.every((name) => isSame(before[name]?.values, after[name]?.values)) ? before : after;
}

function patched(before: Section | null, patch: Patch, second: number): Section | null {
  const after = merged(before ?? noSection, patch, second);
  return Object.keys(after.values).length > 0 ? after : null;
}

const noSection: Section = { values: {}, stamps: {} };

function merged({ values, stamps }: Section, patch: Patch, second: number): Section {
  const after = { values: copyOf(values), stamps: copyOf(stamps) };
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) {
      delete after.values[key];
      delete after.stamps[key];
    } else if (isRecord(change)) {
      const present = { values: recordAt(after.values, key), stamps: recordAt(after.stamps, key) };
      const inner = merged(present as Section, change as Patch, second);
      after.values[key] = inner.values;
      after.stamps[key] = inner.stamps;
    } else {
      after.values[key] = change as Value;
      after.stamps[key] = stampsOf(change as Value, second);
    }
  }
  return after;
}

function copyOf<T>(record: { [key: string]: T }): { [key: string]: T } {
  return Object.assign(emptyRecord<T>(), record);
}

function recordAt(record: Values | Stamps, key: string): Record<string, unknown> {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  return isRecord(value) ? value : {};
}

/** The patch that makes `wanted` of `present`: keys that are not wanted are removed. */
export function patchTo(present: Values, wanted: Values): Patch {
  const patch = emptyRecord<Value | Patch | null>();
  for (const key of Object.keys(present)) if (!Object.hasOwn(wanted, key)) patch[key] = null;
  for (const [key, value] of Object.entries(wanted)) {
    const old = Object.hasOwn(present, key) ? present[key] : undefined;
    if (isSame(old, value)) continue;
    patch[key] = isRecord(old) && isRecord(value) ? patchTo(old as Values, value as Values) : value;
  }
  return patch;
}

/** What is desired and not reported, with the stamps of what is desired; null: nothing. */
export function deltaOf({ desired, reported }: Sections): Section | null {
  return desired && difference(desired, reported?.values ?? {});
}

function difference({ values, stamps }: Section, reported: Values): Section | null {
  const delta = { values: emptyRecord<Value>(), stamps: emptyRecord<Stamp>() };
  let isEmpty = true;
  for (const [key, value] of Object.entries(values)) {
    const other = Object.hasOwn(reported, key) ? reported[key] : undefined;
    if (isSame(value, other)) continue;
    const stamp = stamps[key] as Stamp;
    const inner =
      isRecord(value) && isRecord(other)
        ? difference({ values: value as Values, stamps: stamp as Stamps }, other as Values)
        : { values: value, stamps: stamp };
    if (!inner) continue;
    delta.values[key] = inner.values;
    delta.stamps[key] = inner.stamps;
    isEmpty = false;
  }
  return isEmpty ? null : delta;
}
