// The topics of shadows: where requests arrive, and where answers go.
import { matchesFilter } from "../topics.ts";

export type ShadowOperation = "get" | "update" | "delete";

/** A shadow of a device; `name` is null for the classic one. */
export interface ShadowRef {
  deviceId: string;
  name: string | null;
}

/** As AWS allows them. */
export const shadowName = /^[$a-zA-Z0-9:_-]{1,64}$/;

const request = /^shadow\/(?:name\/([^/]+)\/)?(get|update|delete)$/;

/** What a topic below a device asks of which shadow; null: nothing. */
export function shadowRequestOf(path: string): { name: string | null; operation: ShadowOperation } | null {
  const match = request.exec(path);
  if (!match) return null;
  const { 1: name = null, 2: operation } = match;
  if (name !== null && !shadowName.test(name)) return null;
  return { name, operation: operation as ShadowOperation };
}

/** Our names for a device's topics, and AWS's. */
export function devicePrefixes(deviceId: string): string[] {
  return [`devices/${deviceId}/`, `$aws/things/${deviceId}/`];
}

/** `devices/{id}/shadow/` or `devices/{id}/shadow/name/{name}/`, with either prefix. */
export function shadowTopic(prefix: string, name: string | null): string {
  return name === null ? `${prefix}shadow/` : `${prefix}shadow/name/${name}/`;
}

export const deltaPath = "update/delta";

/** Where the delta of a shadow is told, as far as a filter covers it. */
export function deltaTopicsUnder(topicFilter: string, { deviceId, name }: ShadowRef): string[] {
  return devicePrefixes(deviceId)
    .map((prefix) => shadowTopic(prefix, name) + deltaPath)
    .filter((topic) => matchesFilter(topicFilter, topic));
}

const deltaPatterns = ["devices/+/", "$aws/things/+/"].flatMap((prefix) =>
  [null, "+"].map((name) => (shadowTopic(prefix, name) + deltaPath).split("/")),
);

/** Of which device a filter may cover deltas: its id, `any`, or null for none. */
export function devicesWithDeltaUnder(topicFilter: string): string | "any" | null {
  const levels = topicFilter.split("/");
  const pattern = deltaPatterns.find((each) => overlaps(levels, each));
  if (!pattern) return null;
  const idAt = pattern[0] === "devices" ? 1 : 2;
  const id = levels.slice(0, idAt).includes("#") ? "#" : (levels[idAt] as string);
  return id === "+" || id === "#" ? "any" : id;
}

function overlaps(levels: string[], pattern: string[]): boolean {
  if (pattern[0]?.startsWith("$") && levels[0] !== pattern[0]) return false;
  for (let i = 0; i < pattern.length; i++) {
    const level = levels[i];
    if (level === "#") return true;
    if (level === undefined) return false;
    if (level !== "+" && pattern[i] !== "+" && level !== pattern[i]) return false;
  }
  return levels.length === pattern.length;
}
