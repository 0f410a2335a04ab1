// What a payload says of streams: one value, a value with its own time, many of them, or one for each of several streams.
import { type StreamValue, decodeText, valueOfJson, valueOfText } from "./values.ts";

/** `at`: epoch ms that the device says; null: when it arrived. */
export interface Datapoint {
  value: StreamValue;
  at: number | null;
}

/** A datapoint may be so far ahead of our clock. */
export const maxAheadMs = 300_000;
const maxNameLength = 64;

/** Whether a text names a stream: one level of a topic, printable, 64 characters at most. */
export function isStreamName(name: string): boolean {
  return name.length > 0 && name.length <= maxNameLength && !/[\p{Cc}/+#]/u.test(name) && name.isWellFormed();
}

/** The datapoints of a payload on a stream's own topic. Empty: it says no value. */
export function readDatapoints(payload: Uint8Array): Datapoint[] {
  const text = decodeText(payload);
  if (text === null) return [];
  const timed = looksStructured(text) ? timedDatapoints(parse(text)) : null;
  if (timed) return timed;
  const value = valueOfText(text);
  return value === null ? [] : [{ value, at: null }];
}

/** The datapoints of a JSON object with a stream per key, and maybe `at` for all of them. Empty: it says nothing. */
export function readSeveral(payload: Uint8Array): [name: string, Datapoint][] {
  const json = parse(decodeText(payload) ?? "");
  if (!isObject(json)) return [];
  const common = typeof json["at"] === "number" ? json["at"] : null;
  const found: [string, Datapoint][] = [];
  for (const [name, field] of Object.entries(json)) {
    if (name === "at" || !isStreamName(name)) continue;
    for (const { value, at } of timedDatapoints(field) ?? plainDatapoint(field)) {
      found.push([name, { value, at: at ?? common }]);
    }
  }
  return found;
}

function looksStructured(text: string): boolean {
  const first = text.trimStart()[0];
  return first === "{" || first === "[";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** `{"value", "at"}`, or a list of these and nothing else; null: some other JSON. */
function timedDatapoints(json: unknown): Datapoint[] | null {
  if (!Array.isArray(json)) {
    const one = timedDatapoint(json);
    return one && [one];
  }
  const datapoints: Datapoint[] = [];
  for (const each of json) {
    const datapoint = timedDatapoint(each);
    if (!datapoint) return null;
    datapoints.push(datapoint);
  }
  return datapoints.length > 0 ? datapoints : null;
}

function timedDatapoint(json: unknown): Datapoint | null {
  if (!isObject(json)) return null;
  const value = valueOfJson(json["value"]);
  const at = json["at"];
  if (value === null || (at !== undefined && typeof at !== "number")) return null;
  return { value, at: at ?? null };
}

function plainDatapoint(json: unknown): Datapoint[] {
  const value = valueOfJson(json);
  return value === null ? [] : [{ value, at: null }];
}
