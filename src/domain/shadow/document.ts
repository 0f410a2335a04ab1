// A shadow's document: what is desired of a device and what it reported, with the second at which each value came. Semantics
// and limits are those of AWS IoT's device shadow.

/** JSON without null: a null in a request removes what it stands for. */
export type Value = string | number | boolean | Value[] | Values;
export interface Values {
  [key: string]: Value;
}

/** In the shape of the values: for each the epoch second of its last update. */
export type Stamp = number | Stamp[] | Stamps;
export interface Stamps {
  [key: string]: Stamp;
}

/** Never without values: such a section is absent. */
export interface Section {
  values: Values;
  stamps: Stamps;
}

export interface Sections {
  desired: Section | null;
  reported: Section | null;
}

export interface ShadowDocument extends Sections {
  version: number;
}

export const sectionNames = ["desired", "reported"] as const;

export const emptySections: Sections = { desired: null, reported: null };

/** Bytes of JSON text of the values of both sections; stamps do not count. */
export const maxStateBytes = 8192;
/** Objects and arrays within one another, the section being the first. */
export const maxLevels = 6;

/** An object of our own: a key may be called `__proto__`. */
export function emptyRecord<T>(): { [key: string]: T } {
  return Object.create(null) as { [key: string]: T };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two values are the same; the order of keys says nothing, that of items does. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** The values of both sections, as they are shown and measured. */
export function stateOf({ desired, reported }: Sections): { desired?: Values; reported?: Values } {
  return { ...(desired && { desired: desired.values }), ...(reported && { reported: reported.values }) };
}

export function isTooLarge(sections: Sections): boolean {
  return new TextEncoder().encode(JSON.stringify(stateOf(sections))).length > maxStateBytes;
}

/** A stamp for every value within this one. */
export function stampsOf(value: Value, second: number): Stamp {
  if (Array.isArray(value)) return value.map((item) => stampsOf(item, second));
  if (!isRecord(value)) return second;
  const stamps = emptyRecord<Stamp>();
  for (const [key, inner] of Object.entries(value)) stamps[key] = stampsOf(inner as Value, second);
  return stamps;
}
