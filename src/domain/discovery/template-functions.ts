// What templates may call: the filters and functions that firmwares use, as Home Assistant defines them. Values are plain JavaScript.

/** The template has nothing to say about this message. */
export class NoValue extends Error {}

/** Text that a template may build, at most. */
export const maxResultLength = 65_536;

type Fn = (...args: unknown[]) => unknown;

export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "string" || value.trim() === "") return Number.NaN;
  return Number(value);
}

export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null) return "None";
  if (typeof value === "object") return JSON.stringify(value);
  return value === undefined ? "" : String(value);
}

/** A number, or the default that was given for what is none. */
function numeric(value: unknown, rest: unknown[], change: (number: number) => number): unknown {
  const number = numberOf(value);
  if (Number.isFinite(number)) return change(number);
  if (rest.length === 0) throw new NoValue();
  return rest[0];
}

function round(value: unknown, precision: unknown = 0, method: unknown = "common", ...rest: unknown[]): unknown {
  const ways: Record<string, (number: number) => number> = { ceil: Math.ceil, floor: Math.floor, common: roundEven };
  const way = ways[String(method)] ?? roundEven;
  const places = Math.max(-15, Math.min(15, numberOf(precision)));
  return numeric(value, rest, (number) => Number(`${way(Number(`${number}e${places}`))}e${-places}`) || 0);
}

/** As Python rounds: a half goes to the even neighbour. */
function roundEven(number: number): number {
  const floor = Math.floor(number);
  if (number - floor !== 0.5) return Math.round(number);
  return floor % 2 === 0 ? floor : floor + 1;
}

export function limited(text: string): string {
  if (text.length > maxResultLength) throw new Error("The template builds too long a text.");
  return text;
}

function add(left: unknown, right: unknown): unknown {
  if (typeof left === "string" && typeof right === "string") return limited(left + right);
  if (typeof left === "string" || typeof right === "string") throw new Error("Text and number cannot be added.");
  return numberOf(left) + numberOf(right);
}

function replace(text: unknown, from: unknown, to: unknown): string {
  const parts = textOf(text).split(textOf(from));
  const grown = textOf(text).length + parts.length * textOf(to).length;
  if (grown > maxResultLength) throw new Error("The template builds too long a text.");
  return parts.join(textOf(to));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [...textOf(value)];
}

function sizeOf(value: unknown): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

function isTrue(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return sizeOf(value) > 0;
  return Boolean(value);
}

function bool(value: unknown, ...rest: unknown[]): unknown {
  const text = textOf(value).toLowerCase();
  if (["true", "yes", "on", "enable", "1"].includes(text)) return true;
  if (["false", "no", "off", "disable", "0"].includes(text)) return false;
  if (rest.length === 0) throw new NoValue();
  return rest[0];
}

function defined(value: unknown): unknown {
  if (value === undefined) throw new NoValue();
  return value;
}

const shared: Record<string, Fn> = {
  float: (value, ...rest) => numeric(value, rest, (number) => number),
  int: (value, ...rest) => numeric(value, rest.slice(0, 1), Math.trunc),
  bool,
  iif: (test, yes = true, no = false, none = no) => (test === null ? none : isTrue(test) ? yes : no),
  is_number: (value) => Number.isFinite(numberOf(value)),
  max: (...values) => Math.max(...(Array.isArray(values[0]) ? values[0] : values).map(numberOf)),
  min: (...values) => Math.min(...(Array.isArray(values[0]) ? values[0] : values).map(numberOf)),
  to_json: (value) => JSON.stringify(value),
  from_json: (text) => JSON.parse(textOf(text)) as unknown,
};

export const functions: Record<string, Fn> = { ...shared };

export const filters: Record<string, Fn> = {
  ...shared,
  abs: (value) => numeric(value, [], Math.abs),
  round,
  multiply: (value, by, ...rest) => numeric(value, rest, (number) => number * numberOf(by)),
  add: (value, other, ...rest) => numeric(value, rest, (number) => number + numberOf(other)),
  default: (value, other = "", always = false) => (value === undefined || (always && !isTrue(value)) ? other : value),
  d: (value, other = "") => (value === undefined ? other : value),
  is_defined: defined,
  tojson: (value) => JSON.stringify(value),
  string: textOf,
  lower: (text) => textOf(text).toLowerCase(),
  upper: (text) => textOf(text).toUpperCase(),
  capitalize: (text) => textOf(text).charAt(0).toUpperCase() + textOf(text).slice(1).toLowerCase(),
  title: (text) =>
    textOf(text).replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()),
  trim: (text) => textOf(text).trim(),
  replace,
  length: sizeOf,
  count: sizeOf,
  first: (value) => list(value)[0],
  last: (value) => list(value).at(-1),
  join: (value, by = "") => limited(list(value).map(textOf).join(textOf(by))),
  list,
  format: (form, ...values) => {
    let next = 0;
    return limited(
      textOf(form).replace(/%(?:0?\.(\d))?([dfs])/g, (_, places: string | undefined, kind: string) => {
        const value = values[next++];
        if (kind === "s") return textOf(value);
        return numberOf(value).toFixed(kind === "d" ? 0 : Number(places ?? 6));
      }),
    );
  },
};

/** In place of operators whose results could grow without bound. */
export const operators: Record<string, Fn> = {
  "+": add,
  "~": (left, right) => limited(textOf(left) + textOf(right)),
};

/** Methods of texts and objects that are left to the engine. */
export const methods: readonly string[] =
  "split strip lstrip rstrip lower upper startswith endswith get items keys values".split(" ");
